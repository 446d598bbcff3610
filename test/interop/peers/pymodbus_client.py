"""A Modbus RTU client of python3-pymodbus, RTU frames over TCP: `HOST PORT UNIT ADDRESS COUNT` prints the holding registers."""
import sys
import types

try:
    import serial_asyncio  # noqa: F401  (a package of its own, only recommended by python3-pymodbus; asked for, not used here)
except ImportError:
    sys.modules["serial_asyncio"] = types.SimpleNamespace(create_serial_connection=None)

from pymodbus.client.tcp import ModbusTcpClient
from pymodbus.transaction import ModbusRtuFramer

host, port, unit, address, count = sys.argv[1], *map(int, sys.argv[2:])
client = ModbusTcpClient(host, port=port, framer=ModbusRtuFramer, timeout=5)
assert client.connect()
answer = client.read_holding_registers(address, count, slave=unit)
print(" ".join(str(register) for register in getattr(answer, "registers", [str(answer)])))
client.close()
