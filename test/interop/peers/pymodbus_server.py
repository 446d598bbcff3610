"""A Modbus RTU server of python3-pymodbus: `tcp PORT` (RTU frames over a socket) or `serial DEVICE`. Unit 1.

Register a of the holding table is 257 a + 11, of the input table 263 a + 5 (mod 65536), coil a is a multiple of 3,
discrete input a is odd; from 100 on typed values, encoded by pymodbus's own payload builder.
"""
import asyncio
import sys

try:
    import serial_asyncio  # noqa: F401  (a package of its own, only recommended by python3-pymodbus)
except ImportError:
    import types

    import serial

    class SerialTransport:
        """As much of an asyncio transport as pymodbus's server asks for."""

        def __init__(self, loop, protocol, port):
            self.serial, self._loop = port, loop
            loop.call_soon(protocol.connection_made, self)
            loop.add_reader(port.fileno(), lambda: protocol.data_received(port.read(port.in_waiting or 1)))

        def write(self, data):
            self.serial.write(data)

        def close(self):
            self._loop.remove_reader(self.serial.fileno())

    async def create_serial_connection(loop, factory, device, **settings):
        settings["timeout"] = 0
        protocol = factory()
        return SerialTransport(loop, protocol, serial.Serial(device, **settings)), protocol

    shim = types.ModuleType("serial_asyncio")
    shim.create_serial_connection = create_serial_connection
    sys.modules["serial_asyncio"] = shim

from pymodbus.constants import Endian
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.payload import BinaryPayloadBuilder
from pymodbus.server.async_io import ModbusSerialServer, ModbusTcpServer
from pymodbus.transaction import ModbusRtuFramer

WORD_ORDERS = {"ABCD": (Endian.Big, Endian.Big), "CDAB": (Endian.Big, Endian.Little), "BADC": (Endian.Little, Endian.Big), "DCBA": (Endian.Little, Endian.Little)}


def typed_values():
    """Registers 100 and on: 12 for each order, then a text."""
    registers = []
    for byte_order, word_order in WORD_ORDERS.values():
        builder = BinaryPayloadBuilder(byteorder=byte_order, wordorder=word_order)
        builder.add_32bit_float(230.1)
        builder.add_32bit_int(-123456)
        builder.add_64bit_float(-0.1)
        builder.add_64bit_uint(18446744073709551615 - 5)
        registers += builder.to_registers()
    text = BinaryPayloadBuilder(byteorder=Endian.Big)
    text.add_string("SN 4711-AB  ")
    return registers + text.to_registers()


def context():
    holding = [(257 * a + 11) & 0xFFFF for a in range(1000)]
    values = typed_values()
    holding[100 : 100 + len(values)] = values
    slave = ModbusSlaveContext(
        hr=ModbusSequentialDataBlock(0, holding),
        ir=ModbusSequentialDataBlock(0, [(263 * a + 5) & 0xFFFF for a in range(1000)]),
        co=ModbusSequentialDataBlock(0, [a % 3 == 0 for a in range(1000)]),
        di=ModbusSequentialDataBlock(0, [a % 2 == 1 for a in range(1000)]),
        zero_mode=True,
    )
    return ModbusServerContext(slaves={1: slave}, single=False)


async def main(kind, where):
    if kind == "tcp":
        server = ModbusTcpServer(context(), framer=ModbusRtuFramer, address=("127.0.0.1", int(where)), ignore_missing_slaves=True)
    else:
        server = ModbusSerialServer(context(), framer=ModbusRtuFramer, port=where, baudrate=9600, ignore_missing_slaves=True)
        await server.start()
    asyncio.get_running_loop().call_later(0.2, lambda: print("ready", flush=True))
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:3]))
