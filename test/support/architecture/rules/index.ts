// All never rules by name (house.md, section 2).
import type { Rule } from '../source';
import { codec, offsets } from './bytes';
import { arrows, globals, packages, simulator, subRooms } from './directions';
import { anyType, cycle, exportStar, inheritance, moduleState } from './modules';
import { reasons, sentences } from './sentences';
import { nodeRedNames, red, thinNodes, time } from './time-and-red';

export const RULES = {
  arrows,
  'sub-rooms': subRooms,
  packages,
  globals,
  codec,
  offsets,
  time,
  red,
  'Node-RED names': nodeRedNames,
  'thin nodes': thinNodes,
  sentences,
  reasons,
  simulator,
  cycle,
  'export *': exportStar,
  'module state': moduleState,
  any: anyType,
  inheritance,
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
