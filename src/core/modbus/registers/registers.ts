// Registers by name: what they mean, how users write them, how they become readings.
export { parseAddress, type Address } from './address';
export { ORDERS, TYPE_LENGTHS, registerId, type Order, type Register, type RegisterType } from './register';
export { decodeRegister } from './register-decode';
export { parseRegister, parseRegisters } from './register-parse';
