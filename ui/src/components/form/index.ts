export { Checker, type FieldIssues, issuesFromHost, parseTime } from "./checks";
export { type Choice, SearchField, SegmentedField, SelectField, SwitchField } from "./choices";
export { IssueText } from "./Field";
export { NumberField, TextAreaField, TextField } from "./inputs";
export { fromWall, readDate, showDate, toWall } from "./moment";
export { Month } from "./Month";
export { MomentField, type MomentText } from "./MomentField";
export { currencyChoices, regionChoices, systemZone, zoneChoices } from "./places";
export { type Form, useForm } from "./useForm";
