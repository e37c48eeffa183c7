import { Popover } from "@base-ui/react/popover";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Bell, CheckCheck, CircleAlert, Info, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { query, send } from "../api";
import type { NoticeLevel } from "../bindings/NoticeLevel";
import type { NoticeView } from "../bindings/NoticeView";
import { Button, IconButton } from "../components/Button";
import { useCompany } from "../components/company";
import { InlineFailure } from "../components/Failure";
import { Loading } from "../components/Feedback";
import popup from "../components/Popup.module.css";
import { useFailure } from "../components/useErrorText";
import { useFormat } from "../components/useFormat";
import { Chips } from "../table/Filters";
import { useNoticeToasts, useNoticeWords, useOpenNotice } from "./notice";
import styles from "./Notices.module.css";

const LEVELS: readonly NoticeLevel[] = ["alarm", "warning", "info"];
const ICON = { alarm: CircleAlert, warning: TriangleAlert, info: Info };
/** So many are read at once; "older ones" doubles it. */
const FIRST = 50;
const MOST = 200;

function Item({ notice, onOpen }: { notice: NoticeView; onOpen: (notice: NoticeView) => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const format = useFormat(company.timeZone);
  const words = useNoticeWords();
  const { title, detail } = words(notice);
  const Icon = ICON[notice.level];
  return (
    <li>
      <button type="button" className={styles.item} data-level={notice.level} data-state={notice.readAt === null ? "new" : "read"} data-testid="notice" data-kind={notice.kind} onClick={() => onOpen(notice)}>
        <Icon aria-label={t(`noticeLevel.${notice.level}`)} />
        <span>
          <strong>{title}</strong>
          {detail === "" ? null : <span>{detail}</span>}
          {notice.campaignName === null ? null : <small>{notice.campaignName}</small>}
        </span>
        <time dateTime={notice.at} title={format.dateTime(notice.at)} data-numeric="">
          {format.moment(notice.at)}
        </time>
        {notice.readAt === null ? <i aria-label={t("notices.new")} /> : null}
      </button>
    </li>
  );
}

function Inbox({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const client = useQueryClient();
  const failed = useFailure();
  const open = useOpenNotice();
  const [unreadOnly, setUnreadOnly] = useState(false);
  const [levels, setLevels] = useState<NoticeLevel[]>([]);
  const [limit, setLimit] = useState(FIRST);
  const { data, error, refetch } = useQuery({ ...query("notice_list", { companyId: company.id, unreadOnly, cursor: null, limit }), placeholderData: (before) => before });
  const shown = (data?.items ?? []).filter(({ level }) => levels.length === 0 || levels.includes(level));
  const markRead = (ids: string[]) => send(client, "notice_read", { companyId: company.id, ids }).catch((thrown: unknown) => failed(t("notices.readFailed"), thrown));
  const choose = (notice: NoticeView) => {
    if (notice.readAt === null) void markRead([notice.id]);
    onClose();
    open(notice);
  };
  return (
    <>
      <header className={styles.head}>
        <Popover.Title>{t("notices.title")}</Popover.Title>
        <Button size="small" variant="ghost" icon={<CheckCheck />} disabled={(data?.unread ?? 0) === 0} onClick={() => void markRead([])} data-testid="notices-read">
          {t("notices.readAll")}
        </Button>
      </header>
      <div className={styles.filters}>
        <Chips label={t("notices.filter")} values={["unread", ...LEVELS] as const} chosen={[...(unreadOnly ? (["unread"] as const) : []), ...levels]} name={(value) => (value === "unread" ? t("notices.unread") : t(`noticeLevel.${value}`))} onChange={(next) => { setUnreadOnly(next.includes("unread")); setLevels(next.filter((value) => value !== "unread")); }} />
      </div>
      {error && !data ? (
        <div className={styles.pad}>
          <InlineFailure error={error}>
            <Button size="small" onClick={() => void refetch()}>
              {t("common.retry")}
            </Button>
          </InlineFailure>
        </div>
      ) : null}
      {!data && !error ? (
        <div className={styles.pad}>
          <Loading rows={4} />
        </div>
      ) : null}
      {data && shown.length === 0 ? <p className={styles.empty} data-testid="notices-empty">{t(unreadOnly || levels.length > 0 ? "notices.noMatch" : "notices.empty")}</p> : null}
      <ul className={styles.list} data-testid="notices-list">
        {shown.map((notice) => (
          <Item key={notice.id} notice={notice} onOpen={choose} />
        ))}
      </ul>
      {data?.nextCursor != null && limit < MOST ? (
        <footer className={styles.foot}>
          <Button size="small" variant="ghost" onClick={() => setLimit(Math.min(MOST, limit * 2))} data-testid="notices-more">
            {t("notices.older")}
          </Button>
        </footer>
      ) : null}
    </>
  );
}

/** The bell: what happened while nobody looked, and how much of it is new. */
export function Notices() {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const { data } = useQuery(query("notice_list", { companyId: company.id, unreadOnly: true, cursor: null, limit: 20 }));
  useNoticeToasts(data, navigate);
  const unread = data?.unread ?? 0;
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        render={
          <IconButton
            label={unread === 0 ? t("notices.title") : t("notices.titleNew", { count: unread })}
            className={styles.bell ?? ""}
            icon={
              <>
                <Bell />
                {unread > 0 ? <span className={styles.count} data-level={data?.items.some(({ level }) => level === "alarm") ? "alarm" : undefined} data-testid="notices-unread">{unread > 99 ? t("notices.many") : unread}</span> : null}
              </>
            }
            data-testid="notices"
            data-count={unread}
          />
        }
      />
      <Popover.Portal>
        <Popover.Positioner className={popup.positioner} sideOffset={8} align="end">
          <Popover.Popup className={`${popup.popup} ${styles.popup}`} data-testid="notices-inbox">
            <Inbox onClose={() => setOpen(false)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
