/* A Modbus RTU server of libmodbus on a serial device: unit 1, 9600 8N1.
 * Holding register a is 257 a + 11, input register a 263 a + 5 (mod 65536), coil a a multiple of 3, discrete input a odd;
 * from 100 on typed values, set by libmodbus's own macros (high word first) and modbus_set_float (low word first); its
 * float functions by order mean different orders in different versions. */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>

enum { COUNT = 1000 };

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  modbus_t *server = modbus_new_rtu(argv[1], 9600, 'N', 8, 1);
  modbus_mapping_t *map = modbus_mapping_new(COUNT, COUNT, COUNT, COUNT);
  if (!server || !map || modbus_set_slave(server, 1) != 0) return 2;
  for (int a = 0; a < COUNT; a++) {
    map->tab_registers[a] = (uint16_t)(257 * a + 11);
    map->tab_input_registers[a] = (uint16_t)(263 * a + 5);
    map->tab_bits[a] = a % 3 == 0;
    map->tab_input_bits[a] = a % 2 == 1;
  }
  int32_t number = -123456;
  int64_t large = -9007199254740993LL;
  MODBUS_SET_INT32_TO_INT16(map->tab_registers, 100, number);
  MODBUS_SET_INT64_TO_INT16(map->tab_registers, 102, large);
  modbus_set_float(230.1f, map->tab_registers + 106);
  modbus_set_float(-1e-7f, map->tab_registers + 108);
  if (modbus_connect(server) != 0) {
    fprintf(stderr, "%s: %s\n", argv[1], modbus_strerror(errno));
    return 1;
  }
  puts("ready");
  fflush(stdout);
  for (;;) {
    uint8_t request[MODBUS_RTU_MAX_ADU_LENGTH];
    int length = modbus_receive(server, request);
    if (length > 0) modbus_reply(server, request, length, map);
  }
}
