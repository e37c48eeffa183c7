//  The document that is edited, under the names that the editor uses.
import type { Language } from "../../../bindings/Language";

export type { CollectField } from "../../../bindings/CollectField";
export type { Condition } from "../../../bindings/Condition";
export type { FieldOperator } from "../../../bindings/FieldOperator";
export type { FieldTest } from "../../../bindings/FieldTest";
export type { Flow } from "../../../bindings/Flow";
export type { FlowState as State } from "../../../bindings/FlowState";
export type { Language } from "../../../bindings/Language";
export type { Position } from "../../../bindings/Position";
export type { SkillbaseDocument } from "../../../bindings/SkillbaseDocument";
export type { Tool } from "../../../bindings/Tool";
export type { ToolName } from "../../../bindings/ToolName";
export type { Transition } from "../../../bindings/Transition";

export const LANGUAGES: readonly Language[] = ["ru", "en", "es", "de", "fr", "it", "pt"];
