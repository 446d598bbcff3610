// The interface classes and the shape of their attributes (Blue Book 4), as data. cosem.ts reads values by it;
// a class or attribute that is not here is shown raw.

/** How the value of an attribute is to be shown. */
export type AttributeShape =
  | 'plain'
  | 'scaled'
  | 'scaler-unit'
  | 'time'
  | 'text'
  | 'obis'
  | 'hex'
  | 'bits'
  | { readonly choice: readonly string[] }
  | { readonly list: AttributeShape }
  | { readonly fields: readonly (readonly [name: string, shape: AttributeShape])[] };

/** What is known of a class: its attributes, and which of them are value, scaler and time. */
export interface CosemClass {
  readonly name: string;
  /** The attribute that a code alone means, and those that belong to it. */
  readonly value?: number;
  readonly scaler?: number;
  readonly time?: number;
  /** From attribute 2 on; attribute 1 is the logical name in every class. */
  readonly attributes: { readonly [attribute: number]: readonly [name: string, shape: AttributeShape] };
}

const fields = (...list: readonly (readonly [string, AttributeShape])[]): AttributeShape => ({ fields: list });
const list = (shape: AttributeShape): AttributeShape => ({ list: shape });
const SCRIPT_ACTION = fields(['script_logical_name', 'obis'], ['script_selector', 'plain']);
const VALUE_DEFINITION = fields(['class_id', 'plain'], ['logical_name', 'obis'], ['attribute_index', 'plain']);
const OBJECT_DEFINITION = fields(
  ['class_id', 'plain'],
  ['logical_name', 'obis'],
  ['attribute_index', 'plain'],
  ['data_index', 'plain'],
);
const SEASONS = list(fields(['name', 'text'], ['start', 'time'], ['week_name', 'text']));
const WEEKS = list(
  fields(
    ['name', 'text'],
    ['monday', 'plain'],
    ['tuesday', 'plain'],
    ['wednesday', 'plain'],
    ['thursday', 'plain'],
    ['friday', 'plain'],
    ['saturday', 'plain'],
    ['sunday', 'plain'],
  ),
);
const DAYS = list(
  fields(
    ['day_id', 'plain'],
    ['schedule', list(fields(['start', 'time'], ['script_logical_name', 'obis'], ['script_selector', 'plain']))],
  ),
);

/** By class id (Blue Book 4). */
export const COSEM_CLASSES: { readonly [classId: number]: CosemClass } = {
  1: { name: 'Data', value: 2, attributes: { 2: ['value', 'plain'] } },
  3: {
    name: 'Register',
    value: 2,
    scaler: 3,
    attributes: { 2: ['value', 'scaled'], 3: ['scaler_unit', 'scaler-unit'] },
  },
  4: {
    name: 'ExtendedRegister',
    value: 2,
    scaler: 3,
    time: 5,
    attributes: {
      2: ['value', 'scaled'],
      3: ['scaler_unit', 'scaler-unit'],
      4: ['status', 'plain'],
      5: ['capture_time', 'time'],
    },
  },
  5: {
    name: 'DemandRegister',
    value: 3,
    scaler: 4,
    time: 6,
    attributes: {
      2: ['current_average_value', 'scaled'],
      3: ['last_average_value', 'scaled'],
      4: ['scaler_unit', 'scaler-unit'],
      5: ['status', 'plain'],
      6: ['capture_time', 'time'],
      7: ['start_time_current', 'time'],
      8: ['period', 'plain'],
      9: ['number_of_periods', 'plain'],
    },
  },
  6: {
    name: 'RegisterActivation',
    attributes: {
      2: ['register_assignment', list(fields(['class_id', 'plain'], ['logical_name', 'obis']))],
      3: ['mask_list', 'plain'],
      4: ['active_mask', 'text'],
    },
  },
  7: {
    name: 'ProfileGeneric',
    value: 2,
    attributes: {
      2: ['buffer', 'plain'],
      3: ['capture_objects', list(OBJECT_DEFINITION)],
      4: ['capture_period', 'plain'],
      5: [
        'sort_method',
        { choice: ['', 'fifo', 'lifo', 'largest', 'smallest', 'nearest to zero', 'farthest from zero'] },
      ],
      6: ['sort_object', OBJECT_DEFINITION],
      7: ['entries_in_use', 'plain'],
      8: ['profile_entries', 'plain'],
    },
  },
  8: {
    name: 'Clock',
    value: 2,
    attributes: {
      2: ['time', 'time'],
      3: ['time_zone', 'plain'],
      4: ['status', 'plain'],
      5: ['daylight_savings_begin', 'time'],
      6: ['daylight_savings_end', 'time'],
      7: ['daylight_savings_deviation', 'plain'],
      8: ['daylight_savings_enabled', 'plain'],
      9: ['clock_base', { choice: ['not defined', 'internal crystal', 'mains 50 Hz', 'mains 60 Hz', 'GPS', 'radio'] }],
    },
  },
  9: {
    name: 'ScriptTable',
    value: 2,
    attributes: {
      2: [
        'scripts',
        list(
          fields(
            ['script_id', 'plain'],
            [
              'actions',
              list(
                fields(
                  ['service_id', 'plain'],
                  ['class_id', 'plain'],
                  ['logical_name', 'obis'],
                  ['index', 'plain'],
                  ['parameter', 'plain'],
                ),
              ),
            ],
          ),
        ),
      ],
    },
  },
  10: { name: 'Schedule', value: 2, attributes: { 2: ['entries', 'plain'] } },
  11: {
    name: 'SpecialDaysTable',
    value: 2,
    attributes: { 2: ['entries', list(fields(['index', 'plain'], ['date', 'time'], ['day_id', 'plain']))] },
  },
  12: {
    name: 'AssociationSN',
    value: 2,
    attributes: {
      2: [
        'object_list',
        list(fields(['base_name', 'plain'], ['class_id', 'plain'], ['version', 'plain'], ['logical_name', 'obis'])),
      ],
      3: ['access_rights_list', 'plain'],
      4: ['security_setup_reference', 'obis'],
    },
  },
  15: {
    name: 'AssociationLN',
    value: 2,
    attributes: {
      2: ['object_list', 'plain'],
      3: ['associated_partners_id', fields(['client_sap', 'plain'], ['server_sap', 'plain'])],
      4: ['application_context_name', 'plain'],
      5: [
        'xdlms_context_info',
        fields(
          ['conformance', 'bits'],
          ['max_receive_pdu_size', 'plain'],
          ['max_send_pdu_size', 'plain'],
          ['dlms_version_number', 'plain'],
          ['quality_of_service', 'plain'],
          ['cyphering_info', 'hex'],
        ),
      ],
      6: ['authentication_mechanism_name', 'plain'],
      8: ['association_status', { choice: ['non-associated', 'association-pending', 'associated'] }],
      9: ['security_setup_reference', 'obis'],
    },
  },
  17: {
    name: 'SAPAssignment',
    value: 2,
    attributes: { 2: ['SAP_assignment_list', list(fields(['SAP', 'plain'], ['logical_device_name', 'text']))] },
  },
  18: {
    name: 'ImageTransfer',
    value: 6,
    attributes: {
      2: ['image_block_size', 'plain'],
      3: ['image_transferred_blocks_status', 'bits'],
      4: ['image_first_not_transferred_block_number', 'plain'],
      5: ['image_transfer_enabled', 'plain'],
      6: [
        'image_transfer_status',
        {
          choice: [
            'not initiated',
            'initiated',
            'verification initiated',
            'verification successful',
            'verification failed',
            'activation initiated',
            'activation successful',
            'activation failed',
          ],
        },
      ],
      7: ['image_to_activate_info', list(fields(['size', 'plain'], ['identification', 'text'], ['signature', 'hex']))],
    },
  },
  20: {
    name: 'ActivityCalendar',
    value: 2,
    attributes: {
      2: ['calendar_name_active', 'text'],
      3: ['season_profile_active', SEASONS],
      4: ['week_profile_table_active', WEEKS],
      5: ['day_profile_table_active', DAYS],
      6: ['calendar_name_passive', 'text'],
      7: ['season_profile_passive', SEASONS],
      8: ['week_profile_table_passive', WEEKS],
      9: ['day_profile_table_passive', DAYS],
      10: ['activate_passive_calendar_time', 'time'],
    },
  },
  21: {
    name: 'RegisterMonitor',
    value: 2,
    attributes: {
      2: ['thresholds', list('plain')],
      3: ['monitored_value', VALUE_DEFINITION],
      4: ['actions', list(fields(['action_up', SCRIPT_ACTION], ['action_down', SCRIPT_ACTION]))],
    },
  },
  22: {
    name: 'SingleActionSchedule',
    value: 4,
    attributes: {
      2: ['executed_script', SCRIPT_ACTION],
      3: ['type', 'plain'],
      4: ['execution_time', list(fields(['time', 'time'], ['date', 'time']))],
    },
  },
  23: {
    name: 'IecHdlcSetup',
    value: 2,
    attributes: {
      2: [
        'comm_speed',
        { choice: ['300', '600', '1200', '2400', '4800', '9600', '19200', '38400', '57600', '115200'] },
      ],
      3: ['window_size_transmit', 'plain'],
      4: ['window_size_receive', 'plain'],
      5: ['max_info_field_length_transmit', 'plain'],
      6: ['max_info_field_length_receive', 'plain'],
      7: ['inter_octet_time_out', 'plain'],
      8: ['inactivity_time_out', 'plain'],
      9: ['device_address', 'plain'],
    },
  },
  40: {
    name: 'PushSetup',
    value: 2,
    attributes: {
      2: ['push_object_list', list(OBJECT_DEFINITION)],
      3: [
        'send_destination_and_method',
        fields(['transport_service', 'plain'], ['destination', 'text'], ['message', 'plain']),
      ],
      4: ['communication_window', list(fields(['start', 'time'], ['end', 'time']))],
      5: ['randomisation_start_interval', 'plain'],
      6: ['number_of_retries', 'plain'],
      7: ['repetition_delay', 'plain'],
    },
  },
  64: {
    name: 'SecuritySetup',
    value: 2,
    attributes: {
      2: ['security_policy', 'plain'],
      3: ['security_suite', 'plain'],
      4: ['client_system_title', 'hex'],
      5: ['server_system_title', 'hex'],
      6: ['certificates', 'plain'],
    },
  },
  70: {
    name: 'DisconnectControl',
    value: 2,
    attributes: {
      2: ['output_state', 'plain'],
      3: ['control_state', { choice: ['disconnected', 'connected', 'ready for reconnection'] }],
      4: ['control_mode', 'plain'],
    },
  },
  71: {
    name: 'Limiter',
    value: 3,
    attributes: {
      2: ['monitored_value', VALUE_DEFINITION],
      3: ['threshold_active', 'plain'],
      4: ['threshold_normal', 'plain'],
      5: ['threshold_emergency', 'plain'],
      6: ['min_over_threshold_duration', 'plain'],
      7: ['min_under_threshold_duration', 'plain'],
      8: ['emergency_profile', fields(['id', 'plain'], ['activation_time', 'time'], ['duration', 'plain'])],
      9: ['emergency_profile_group_id_list', 'plain'],
      10: ['emergency_profile_active', 'plain'],
      11: ['actions', fields(['action_over_threshold', SCRIPT_ACTION], ['action_under_threshold', SCRIPT_ACTION])],
    },
  },
  72: {
    name: 'MBusClient',
    value: 6,
    attributes: {
      2: ['mbus_port_reference', 'obis'],
      3: ['capture_definition', 'plain'],
      4: ['capture_period', 'plain'],
      5: ['primary_address', 'plain'],
      6: ['identification_number', 'plain'],
      7: ['manufacturer_id', 'plain'],
      8: ['version', 'plain'],
      9: ['device_type', 'plain'],
      10: ['access_number', 'plain'],
      11: ['status', 'plain'],
      12: ['alarm', 'plain'],
      13: ['configuration', 'plain'],
      14: ['encryption_key_status', 'plain'],
    },
  },
};

/** Whether this attribute is a number that means nothing without its scaler. */
export function isScaled({ classId, attribute }: { readonly classId: number; readonly attribute: number }): boolean {
  return COSEM_CLASSES[classId]?.attributes[attribute]?.[1] === 'scaled';
}
