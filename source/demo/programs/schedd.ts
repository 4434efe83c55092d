/* The schedd of the embedded HTCondor: a name that no machine has, and the usual port. */

export const scheddName = 'demo.invalid';
export const scheddAddress = '<127.0.0.1:9618?addrs=127.0.0.1-9618&alias=demo.invalid>';
