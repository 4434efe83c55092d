import {loginProfile} from '../profiles/login.ts';
import {ogc} from './index.ts';

export const profile = loginProfile(ogc);
