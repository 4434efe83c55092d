import {loginProfile} from '../profiles/login.ts';
import {weaver} from './index.ts';

export const profile = loginProfile(weaver);
