import {
  any,
  anyText,
  byType,
  flag,
  list,
  needsOneOf,
  number,
  oneOf,
  plainText,
  type Rule,
  shape,
  string,
} from "./block-rules.ts";

// Limits: docs.slack.dev/reference/block-kit/block-elements and the JSDoc of @slack/types.

const actionId = string(255);

const confirm = shape({
  "title!": plainText(100),
  "text!": anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: oneOf("primary", "danger"),
});

const option = (text: Rule): Rule =>
  shape({ "text!": text, "value!": string(150), description: anyText(75), url: string(3000) });
const plainOption = option(plainText(75));
const richOption = option(anyText(75));
const optionGroup = shape({ "label!": plainText(75), "options!": list(100, plainOption) });

const interactive = { action_id: actionId, confirm, focus_on_load: flag };
const withPlaceholder = { ...interactive, placeholder: plainText(150) };
const textInput = {
  action_id: actionId,
  placeholder: plainText(150),
  focus_on_load: flag,
  dispatch_action_config: any,
};
const ids = list(100, string(255), 0);

const optionsOf = (fields: Record<string, Rule>): Rule =>
  needsOneOf(
    ["options", "option_groups"],
    shape({
      ...withPlaceholder,
      options: list(100, plainOption),
      option_groups: list(100, optionGroup),
      ...fields,
    }),
  );

export const image: Rule = needsOneOf(
  ["image_url", "slack_file"],
  shape({ image_url: string(3000), slack_file: any, "alt_text!": string(2000) }),
);

export const button: Rule = shape({
  action_id: actionId,
  confirm,
  "text!": plainText(75),
  value: string(2000, 0),
  url: string(3000),
  style: oneOf("primary", "danger"),
  accessibility_label: string(75),
});

const inActionsAndInput: Record<string, Rule> = {
  static_select: optionsOf({ initial_option: plainOption }),
  multi_static_select: optionsOf({ initial_options: list(100, plainOption), max_selected_items: number }),
  external_select: shape({ ...withPlaceholder, initial_option: plainOption, min_query_length: number }),
  multi_external_select: shape({
    ...withPlaceholder,
    initial_options: list(100, plainOption),
    min_query_length: number,
    max_selected_items: number,
  }),
  users_select: shape({ ...withPlaceholder, initial_user: string(255) }),
  multi_users_select: shape({ ...withPlaceholder, initial_users: ids, max_selected_items: number }),
  channels_select: shape({ ...withPlaceholder, initial_channel: string(255), response_url_enabled: flag }),
  multi_channels_select: shape({ ...withPlaceholder, initial_channels: ids, max_selected_items: number }),
  conversations_select: shape({
    ...withPlaceholder,
    initial_conversation: string(255),
    default_to_current_conversation: flag,
    response_url_enabled: flag,
    filter: any,
  }),
  multi_conversations_select: shape({
    ...withPlaceholder,
    initial_conversations: ids,
    default_to_current_conversation: flag,
    max_selected_items: number,
    filter: any,
  }),
  checkboxes: shape({
    ...interactive,
    "options!": list(10, richOption),
    initial_options: list(10, richOption),
  }),
  radio_buttons: shape({ ...interactive, "options!": list(10, richOption), initial_option: richOption }),
  datepicker: shape({ ...withPlaceholder, initial_date: string(10, 10) }),
  timepicker: shape({ ...withPlaceholder, initial_time: string(5, 5), timezone: string(255) }),
  datetimepicker: shape({ ...interactive, initial_date_time: number }),
  rich_text_input: shape({ ...textInput, initial_value: any, min_lines: number, max_lines: number }),
};

const inAccessoryAndActions: Record<string, Rule> = {
  ...inActionsAndInput,
  button,
  workflow_button: shape({
    "text!": plainText(75),
    "workflow!": any,
    style: any,
    accessibility_label: string(75),
    action_id: actionId,
  }),
  overflow: shape({ action_id: actionId, confirm, "options!": list(5, plainOption) }),
};

export const actionsElement: Rule = byType(inAccessoryAndActions);

export const accessory: Rule = byType({ ...inAccessoryAndActions, image });

export const inputElement: Rule = byType({
  ...inActionsAndInput,
  plain_text_input: shape({
    ...textInput,
    initial_value: string(3000, 0),
    multiline: flag,
    min_length: number,
    max_length: number,
  }),
  email_text_input: shape({ ...textInput, initial_value: string(255, 0) }),
  url_text_input: shape({ ...textInput, initial_value: string(3000, 0) }),
  number_input: shape({
    ...textInput,
    "is_decimal_allowed!": flag,
    initial_value: string(255, 0),
    min_value: string(255),
    max_value: string(255),
  }),
  file_input: shape({ action_id: actionId, filetypes: any, max_files: number }),
});
