/** The word by which jobtop is started as a program of an embedded job system. */
export const programWord = '__demo-program';

/** Where the demo is, as `http://127.0.0.1:port TOKEN`: in the environment, which only the user may read. */
export const placeVariable = 'JOBTOP_DEMO_PROGRAM';
