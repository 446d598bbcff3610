// Names of the platform that these types mention. Node's own types, or a browser's, say more of them; a program that
// has neither can still be compiled.
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- empty, so that it merges with any other
interface AbortSignal {}
