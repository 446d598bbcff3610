// How a parameter is set and asked for over AT (docs/modem-setup.md), said once.
export function setParameter(name: string, value: string): string {
  return `AT^MTXTUNNEL=SETPARAM,${name},${value}`;
}

export function getParameter(name: string): string {
  return `AT^MTXTUNNEL=GETPARAM,${name}`;
}
