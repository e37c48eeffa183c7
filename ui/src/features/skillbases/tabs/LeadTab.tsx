import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { MAX } from "../model/check";
import type { CollectField } from "../model/document";
import { useValue } from "../parts/context";
import { DocArea, DocSegmented, DocSelect, DocText, NONE } from "../parts/fields";
import { ListEditor } from "../parts/ListEditor";
import { Part } from "../parts/Part";

const AT = "document.lead";

function Closing() {
  const { t } = useTranslation();
  const kind = useValue<string>(`${AT}.closing.type`);
  return (
    <>
      <DocSegmented
        path={`${AT}.closing.type`}
        label={t("editor.lead.closingType")}
        choices={[
          { value: "llm_prompt", label: t("editor.lead.closing.llm_prompt") },
          { value: "static_template", label: t("editor.lead.closing.static_template") },
        ]}
      />
      {kind === "llm_prompt" ? (
        <DocArea key="prompt" path={`${AT}.closing.prompt`} max={MAX.closingPrompt} label={t("editor.lead.closingPrompt")} help={t("editor.lead.closingPromptHelp")} />
      ) : (
        <DocArea key="template" path={`${AT}.closing.template`} max={MAX.closingTemplate} label={t("editor.lead.closingTemplate")} help={t("editor.lead.closingTemplateHelp")} />
      )}
    </>
  );
}

function CrmFields() {
  const { t } = useTranslation();
  const fields = useValue<readonly CollectField[]>("document.conversation.fields");
  const choices = useMemo(() => [{ value: NONE, label: t("editor.lead.written") }, ...fields.filter(({ id }) => id !== "").map(({ id, description }) => ({ value: id, label: id, note: description.slice(0, 40) }))], [fields, t]);
  return (
    <ListEditor
      path={`${AT}.crmFields`}
      testid="crm"
      framed
      max={MAX.criteria}
      fresh={() => ({ name: "", instruction: "", field: "" })}
      addLabel={t("editor.lead.crmAdd")}
      empty={t("editor.lead.crmEmpty")}
      itemName={(index) => t("editor.lead.crmItem", { index: index + 1 })}
      item={(path) => (
        <>
          <DocText path={`${path}.name`} max={MAX.crmName} label={t("editor.lead.crmName")} />
          <DocArea path={`${path}.instruction`} rows={2} max={MAX.crmInstruction} label={t("editor.lead.crmInstruction")} />
          <DocSelect path={`${path}.field`} label={t("editor.lead.crmField")} choices={choices} placeholder={t("editor.lead.written")} none />
        </>
      )}
    />
  );
}

export const LeadTab = memo(function LeadTab() {
  const { t } = useTranslation();
  return (
    <>
      <Part title={t("editor.lead.criteria")} note={t("editor.lead.criteriaNote")}>
        <ListEditor
          path={`${AT}.criteria`}
          testid="criteria"
          framed
          max={MAX.criteria}
          fresh={() => ({ condition: "", action: "" })}
          addLabel={t("editor.lead.criteriaAdd")}
          empty={t("editor.lead.criteriaEmpty")}
          itemName={(index) => t("editor.lead.criteriaItem", { index: index + 1 })}
          item={(path) => (
            <>
              <DocArea path={`${path}.condition`} rows={1} max={MAX.text} label={t("editor.lead.condition")} />
              <DocArea path={`${path}.action`} rows={1} max={MAX.text} label={t("editor.lead.action")} />
            </>
          )}
        />
      </Part>
      <Part title={t("editor.lead.crm")} note={t("editor.lead.crmNote")}>
        <CrmFields />
      </Part>
      <Part title={t("editor.lead.closingTitle")} note={t("editor.lead.closingNote")}>
        <Closing />
      </Part>
    </>
  );
});
