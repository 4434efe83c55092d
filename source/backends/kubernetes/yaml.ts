/*
The parser of YAML, apart: it is loaded for a kubeconfig that is no JSON.
*/
export {parse} from 'yaml';
