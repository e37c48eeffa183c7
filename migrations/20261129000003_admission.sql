-- Admission: hours as spans, precomputed openings, gates, limits, budgets, turns, and a hot path that writes little.
--
-- What a job costs is what it writes. An update that changes a column which any index mentions, even in its WHERE, writes
-- to all indexes of its table; so the indexes of `call_tasks`, `calls` and `leases` name only columns that change when a
-- task begins or ceases to wait. Everything between (intent, ringing, answer, end) is then an update within its page.

-- ---- Hours ----

alter table campaigns
    add column span_weekdays smallint[] not null default '{127}',
    add column span_opens    smallint[] not null default '{540}',
    add column span_closes   smallint[] not null default '{1260}',
    add column closed_days   date[]     not null default '{}';
update campaigns set span_weekdays = array[weekdays], span_opens = array[window_opens], span_closes = array[window_closes];
drop function lane_is_open(timestamptz, smallint, smallint, smallint, text, boolean, text);
drop function window_is_open(timestamptz, smallint, smallint, smallint, text);
alter table campaigns
    drop column weekdays,
    drop column window_opens,
    drop column window_closes,
    add constraint campaigns_spans_some check (cardinality(span_weekdays) between 1 and 28),
    add constraint campaigns_spans_whole check
        (cardinality(span_opens) = cardinality(span_weekdays) and cardinality(span_closes) = cardinality(span_weekdays)),
    add constraint campaigns_span_weekdays_range check (1 <= all (span_weekdays) and 127 >= all (span_weekdays)),
    add constraint campaigns_span_opens_range check (0 <= all (span_opens) and 1439 >= all (span_opens)),
    add constraint campaigns_span_closes_range check (1 <= all (span_closes) and 1440 >= all (span_closes)),
    add constraint campaigns_closed_days_some check (cardinality(closed_days) <= 366);
comment on column campaigns.span_weekdays is 'Weekly hours, one element per span: days on which it opens, bit 0 is Monday. Spans may overlap.';
comment on column campaigns.span_opens is 'Opening of each span, minutes after local midnight.';
comment on column campaigns.span_closes is 'Closing (exclusive) of each span, minutes after local midnight, 1440 is midnight; below the opening it is on the next day.';
comment on column campaigns.closed_days is 'Dates on which this campaign calls nobody, in the zone that counts for the contact.';

create table company_holidays (
    company_id uuid not null references companies on delete cascade,
    day        date not null,
    name       text not null default '' constraint company_holidays_name_length check (char_length(name) <= 100),
    primary key (company_id, day)
);
comment on table company_holidays is 'Dates on which the company calls nobody, in any campaign.';
comment on column company_holidays.company_id is 'The company.';
comment on column company_holidays.day is 'The date, in the zone that counts for the contact.';
comment on column company_holidays.name is 'What is celebrated, for people.';

-- Admission evaluates no time zones: it compares its clock with instants that the application computes with
-- callboard_core::window. What is not computed, or was computed for a time that is over, is closed.
alter table campaign_lanes
    drop constraint campaign_lanes_from_one,
    add constraint campaign_lanes_from_zero check (lane >= 0),
    add column open_from     timestamptz,
    add column open_until    timestamptz,
    add column look_again_at timestamptz,
    add constraint campaign_lanes_opening_whole check ((open_from is null) = (open_until is null) and open_until > open_from);
insert into campaign_lanes (company_id, campaign_id, lane) select company_id, campaign_id, 0 from campaigns;
comment on table campaign_lanes is 'The different zone sets of the people in a campaign, with the present or next opening of its hours there. Tasks of one lane may be dialled at the same hours, so admission looks at each lane once and not at each task. Lane 0 (nothing is known: the campaign''s zone) comes with the campaign; whoever adds a task with another lane adds the row first. A change of the hours computes every lane anew in its transaction; the timekeeper does so when an opening is over.';
comment on column campaign_lanes.lane is 'A zone_set_id.';
comment on column campaign_lanes.open_from is 'Start of the present or next opening; null: not computed, or none within a year: closed.';
comment on column campaign_lanes.open_until is 'Its end (exclusive).';
comment on column campaign_lanes.look_again_at is 'When the timekeeper computes the opening anew; null: at once.';

-- ---- Gates and limits ----

alter table campaigns
    add column kind          text not null default 'list' constraint campaigns_kind_known check (kind in ('list', 'direct')),
    add column weight        smallint not null default 10 constraint campaigns_weight_range check (weight between 1 and 100),
    add column held_until    timestamptz,
    add column hold_reason   text constraint campaigns_hold_reason_length check (octet_length(hold_reason) <= 200),
    add column daily_budget  numeric(14, 4) constraint campaigns_daily_budget_positive check (daily_budget > 0),
    add column call_estimate numeric(14, 6) not null default 0 constraint campaigns_call_estimate_range check (call_estimate >= 0),
    add constraint campaigns_hold_has_reason check (held_until is null or hold_reason is not null);
comment on column campaigns.kind is 'list: dials its list; direct: the calls that people ask for one by one ("Call now"), which take the next free slot of their company before any list.';
comment on column campaigns.weight is 'Share of the company''s slots relative to its other campaigns, 1 to 100.';
comment on column campaigns.held_until is 'Nothing is admitted or dialled before; set by policies (circuit breaker, ramp-up), infinity: until somebody lifts it; null: no gate.';
comment on column campaigns.hold_reason is 'Why, a key of the message catalogue.';
comment on column campaigns.daily_budget is 'Most money for the calls of a budget day, in the currency of the company; null: no limit.';
comment on column campaigns.call_estimate is 'What a call in progress is taken to cost until its cost is known; 0: nothing is reserved.';

alter table companies
    add column number_per_day     smallint not null default 0 constraint companies_number_per_day_range check (number_per_day between 0 and 100),
    add column number_per_week    smallint not null default 0 constraint companies_number_per_week_range check (number_per_week between 0 and 500),
    add column number_per_month   smallint not null default 0 constraint companies_number_per_month_range check (number_per_month between 0 and 1000),
    add column number_gap_minutes integer  not null default 0 constraint companies_number_gap_range check (number_gap_minutes between 0 and 10080),
    add column daily_budget       numeric(14, 4) constraint companies_daily_budget_positive check (daily_budget > 0);
comment on column companies.number_per_day is 'Most calls to one number in any 24 hours, over all campaigns; 0: no limit.';
comment on column companies.number_per_week is 'Most calls to one number in any 7 days; 0: no limit.';
comment on column companies.number_per_month is 'Most calls to one number in any 30 days; 0: no limit.';
comment on column companies.number_gap_minutes is 'Least minutes from one call to a number to the next, over all campaigns; 0: no limit.';
comment on column companies.daily_budget is 'Most money for the calls of a budget day over all campaigns, in the currency of the company; null: no limit.';

create table trunks (
    company_id       uuid not null references companies on delete cascade,
    line             text not null constraint trunks_line_known check (line in ('practice', 'livekit')),
    calls_per_second smallint not null default 0 constraint trunks_calls_per_second_range check (calls_per_second between 0 and 100),
    held_until       timestamptz,
    hold_reason      text constraint trunks_hold_reason_length check (octet_length(hold_reason) <= 200),
    recent           timestamptz[] not null default '{}',
    primary key (company_id, line),
    constraint trunks_hold_has_reason check (held_until is null or hold_reason is not null)
) with (fillfactor = 20);
comment on table trunks is 'The trunk of a company''s line. No row: no limit and no gate.';
comment on column trunks.company_id is 'The company.';
comment on column trunks.line is 'The line.';
comment on column trunks.calls_per_second is 'Most calls sent in any second, 1 to 100; 0: no limit.';
comment on column trunks.held_until is 'Nothing is admitted or dialled over it before; set by policies (circuit breaker, the carrier said "too fast"); null: no gate.';
comment on column trunks.hold_reason is 'Why, a key of the message catalogue.';
comment on column trunks.recent is 'Dial intents whose calls may be sent within the last second, at most calls_per_second; written under the lock of this row.';

-- ---- What is counted ----
-- Only appended by dialling, folded by admission under its lock, so nobody ever waits for a counter. Tables that admission
-- writes have no foreign keys: the check would wait for whoever changes the parent, and everybody for admission.

create table dials (
    company_id  uuid    not null,
    campaign_id uuid    not null,
    second      bigint  not null,
    calls       integer not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
comment on table dials is 'Dial intents that admission has not yet added to campaign_seconds: one row per transaction, campaign and second.';
comment on column dials.company_id is 'The company.';
comment on column dials.campaign_id is 'The campaign.';
comment on column dials.second is 'Second of the intent, since 1970, by the database''s clock.';
comment on column dials.calls is 'Intents in it.';

create table campaign_seconds (
    company_id  uuid    not null,
    campaign_id uuid    not null,
    second      bigint  not null,
    calls       integer not null constraint campaign_seconds_calls_positive check (calls > 0),
    primary key (company_id, campaign_id, second)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
create index campaign_seconds_oldest on campaign_seconds (second);
comment on table campaign_seconds is 'Dial intents per campaign and second of the last minute; written by admission alone, under its lock. Together with `dials` and the undialled leases it is what the limit per minute counts.';
comment on column campaign_seconds.company_id is 'The company.';
comment on column campaign_seconds.campaign_id is 'The campaign.';
comment on column campaign_seconds.second is 'The second, since 1970.';
comment on column campaign_seconds.calls is 'Dial intents in it.';

create table campaign_turns (
    company_id  uuid    not null,
    campaign_id uuid    not null,
    pass        double precision not null default 0,
    lately      integer not null default 0,
    primary key (company_id, campaign_id)
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
comment on table campaign_turns is 'Whose turn it is within a company; written by admission alone, under its lock. No row: never served.';
comment on column campaign_turns.company_id is 'The company.';
comment on column campaign_turns.campaign_id is 'The campaign.';
comment on column campaign_turns.pass is 'Slots taken divided by the weight, on the scale of the company''s turns: the lowest is served next.';
comment on column campaign_turns.lately is 'Sum of campaign_seconds of the campaign, written in the transactions that change those rows.';

create table company_turns (
    company_id uuid primary key,
    pass       double precision not null default 0,
    turn       double precision not null default 0
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
comment on table company_turns is 'Whose turn it is among companies; written by admission alone, under its lock. No row: never served.';
comment on column company_turns.company_id is 'The company.';
comment on column company_turns.pass is 'Slots taken, on the scale of all companies'' turns: the lowest is served next.';
comment on column company_turns.turn is 'Where the turns of its campaigns have got to: one that waited for long begins here.';

alter table system_settings add column turn double precision not null default 0;
comment on column system_settings.turn is 'Where the turns of the companies have got to; written by admission alone, under its lock.';

create table spendings (
    company_id  uuid           not null,
    campaign_id uuid           not null,
    spent_at    timestamptz    not null,
    amount      numeric(14, 6) not null constraint spendings_amount_range check (amount >= 0)
);
comment on table spendings is 'Costs of ended calls that admission has not yet added to campaign_days; appended in the transaction that ends the call.';
comment on column spendings.company_id is 'The company.';
comment on column spendings.campaign_id is 'The campaign.';
comment on column spendings.spent_at is 'End of the call.';
comment on column spendings.amount is 'Its cost, in the currency of the company.';

create table budget_days (
    company_id uuid        not null references companies on delete cascade,
    day        date        not null,
    begins_at  timestamptz not null,
    ends_at    timestamptz not null,
    primary key (company_id, day),
    constraint budget_days_end_after_begin check (ends_at > begins_at)
);
comment on table budget_days is 'Where the days of a company''s budgets begin and end; computed by the application. While the present day is not there, whatever has a budget is closed.';
comment on column budget_days.company_id is 'The company.';
comment on column budget_days.day is 'The date in the company''s zone.';
comment on column budget_days.begins_at is 'Its midnight.';
comment on column budget_days.ends_at is 'The next one.';

create table campaign_days (
    company_id  uuid           not null,
    campaign_id uuid           not null,
    day         date           not null,
    spent       numeric(14, 6) not null,
    primary key (company_id, campaign_id, day)
) with (fillfactor = 50);
comment on table campaign_days is 'Money spent by a campaign on a budget day; written by admission alone, under its lock. The exact figure is this plus the spendings that are not folded yet.';
comment on column campaign_days.company_id is 'The company.';
comment on column campaign_days.campaign_id is 'The campaign.';
comment on column campaign_days.day is 'The budget day on which the calls ended.';
comment on column campaign_days.spent is 'Their cost.';

-- ---- The hot path ----

-- One index of what waits, on a column that does not change while a call goes on.
alter table call_tasks add column waits boolean generated always as (status in ('pending', 'retry')) stored;
comment on column call_tasks.waits is 'Waits for an attempt. An index on status would make every change of it a write to all indexes.';
drop index call_tasks_pending;
drop index call_tasks_retry;
create index call_tasks_waiting on call_tasks (company_id, campaign_id, lane, priority desc, due_at, position) where waits;
alter table call_tasks set (fillfactor = 80);

alter table leases
    add column attempt integer  not null default 1,
    add column line    text     not null default 'practice';
alter table leases alter column attempt drop default, alter column line drop default;
drop index leases_campaign;
comment on column leases.attempt is 'Copy of calls.attempt.';
comment on column leases.line is 'Copy of calls.line.';

-- Looked for by number, by campaign and by age, from the time of the admission, which never changes.
alter table calls
    drop constraint calls_company_id_campaign_id_fkey,
    drop constraint calls_company_id_task_id_fkey,
    add column is_released boolean generated always as (state = 'released') stored;
drop index calls_attempt_key;
drop index calls_started;
drop index calls_live;
drop index calls_phone;
create unique index calls_attempt_key on calls (company_id, task_id, attempt) where not is_released;
create index calls_campaign on calls (company_id, campaign_id, admitted_at);
create index calls_phone on calls (company_id, phone, admitted_at desc);
alter table calls set (fillfactor = 65);
comment on column calls.is_released is 'Whether the state is released. An index on the state would make every change of it a write to all indexes.';

create or replace function delete_rows_of_campaign() returns trigger
language plpgsql as $$
begin
    delete from calls where company_id = old.company_id and campaign_id = old.campaign_id;
    delete from call_tasks where company_id = old.company_id and campaign_id = old.campaign_id;
    delete from campaign_lanes where company_id = old.company_id and campaign_id = old.campaign_id;
    delete from campaign_seconds where company_id = old.company_id and campaign_id = old.campaign_id;
    delete from campaign_turns where company_id = old.company_id and campaign_id = old.campaign_id;
    delete from campaign_days where company_id = old.company_id and campaign_id = old.campaign_id;
    return old;
end
$$;
comment on function delete_rows_of_campaign() is 'What "on delete cascade" of the tables without foreign keys would do.';

create or replace function delete_rows_of_company() returns trigger
language plpgsql as $$
begin
    delete from calls where company_id = old.company_id;
    delete from call_tasks where company_id = old.company_id;
    delete from campaign_lanes where company_id = old.company_id;
    delete from campaign_seconds where company_id = old.company_id;
    delete from campaign_turns where company_id = old.company_id;
    delete from company_turns where company_id = old.company_id;
    delete from campaign_days where company_id = old.company_id;
    delete from contacts where company_id = old.company_id;
    return old;
end
$$;
comment on function delete_rows_of_company() is 'What "on delete cascade" of the tables without foreign keys would do.';
