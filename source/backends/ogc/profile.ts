import {loginProfile} from '../profiles/login.ts';
import {withProfile} from '../profiles/profile.ts';
import {ogc as definition} from './index.ts';

export const ogc = withProfile(definition, loginProfile(definition));
