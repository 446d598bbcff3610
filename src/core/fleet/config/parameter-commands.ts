// How a parameter is set and asked for over AT (docs/modem-setup.md), said once.
/** The command that sets a parameter, without what it sets: as audits and errors name it. */
export const SET_PARAMETER = 'SETPARAM';

/** Sets one parameter; what is set acts after a reboot. */
export function setParameter(name: string, value: string): string {
  return `AT^MTXTUNNEL=${SET_PARAMETER},${name},${value}`;
}

/** Asks for one parameter. */
export function getParameter(name: string): string {
  return `AT^MTXTUNNEL=GETPARAM,${name}`;
}
