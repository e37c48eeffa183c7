-- Policies around admission: what follows an attempt, when a trunk or a campaign is left alone, what a person is told.
--
-- State of a policy is a row, shared by every worker. What a policy decides reaches the dialling only through the gates and
-- ceilings that admission reads; nothing here admits a call.

alter table campaigns
    add column retry_table jsonb,
    add column even_spread boolean not null default false;
comment on column campaigns.retry_table is 'What follows each outcome (callboard_core::retry); null: max_attempts and retry_delay_minutes hold for all.';
comment on column campaigns.even_spread is 'First attempts are due spread evenly over the hours of the day on which they begin to wait.';

alter table call_tasks
    add column free_attempts smallint not null default 0 constraint call_tasks_free_attempts_range check (free_attempts >= 0),
    add column phone_index   smallint not null default 0 constraint call_tasks_phone_index_range check (phone_index between 0 and 9),
    add column callback_at   timestamptz,
    add constraint call_tasks_free_were_made check (free_attempts <= attempts);
comment on column call_tasks.attempts is 'Attempts made, one that was never dialled not counted. Never falls below what calls show: it numbers them.';
comment on column call_tasks.free_attempts is 'Of these, such as cost the contact none: a limit or a fault of our trunk. Limits on attempts compare with the difference.';
comment on column call_tasks.phone_index is 'Which number of the contact is tried: 0 its first, n the n-th of contacts.other_phones.';
comment on column call_tasks.callback_at is 'The next attempt was asked for at this instant, by the person called or by a supervisor; null: it follows from the campaign''s rules.';

create table notices (
    company_id  uuid        not null references companies on delete cascade,
    notice_id   uuid        not null,
    campaign_id uuid,
    kind        text        not null constraint notices_kind_form check (kind ~ '^[a-z][a-z_]{1,63}$'),
    severity    text        not null constraint notices_severity_known check (severity in ('info', 'warning', 'alarm')),
    params      jsonb       not null default '{}',
    once        text,
    happened_at timestamptz not null default clock_timestamp(),
    read_at     timestamptz,
    primary key (company_id, notice_id),
    foreign key (company_id, campaign_id) references campaigns on delete cascade
);
create unique index notices_once on notices (company_id, once) where once is not null;
create index notices_newest on notices (company_id, happened_at desc, notice_id desc);
create index notices_unread on notices (company_id) where read_at is null;
comment on table notices is 'What happened while nobody looked: the inbox. Never holds a number or a name of a contact.';
comment on column notices.company_id is 'The company.';
comment on column notices.notice_id is 'Identifier, uuid version 7.';
comment on column notices.campaign_id is 'The campaign it is about; null: about the company.';
comment on column notices.kind is 'What happened: a key of the message catalogue.';
comment on column notices.severity is 'info: good to know; warning: will need a hand if it goes on; alarm: needs a hand.';
comment on column notices.params is 'Figures and names of its sentence, texts by name.';
comment on column notices.once is 'Key of what is told only once, whoever finds out first, for example a budget of a day.';
comment on column notices.happened_at is 'When.';
comment on column notices.read_at is 'When a person marked it as read; null: new.';

create table breakers (
    company_id    uuid        not null references companies on delete cascade,
    scope         text        not null constraint breakers_scope_known check (scope in ('trunk', 'campaign')),
    scope_id      uuid        not null,
    state         text        not null constraint breakers_state_known check (state in ('closed', 'open', 'half_open')),
    reason        text,
    opened_at     timestamptz,
    retry_at      timestamptz,
    openings      integer     not null default 0 constraint breakers_openings_from_zero check (openings >= 0),
    calls         uuid[]      not null default '{}',
    judged_after  timestamptz not null default '-infinity',
    changed_at    timestamptz not null default clock_timestamp(),
    primary key (company_id, scope, scope_id),
    constraint breakers_open_is_explained check (state = 'closed' or (reason is not null and opened_at is not null)),
    constraint breakers_open_has_retry check (state <> 'open' or retry_at is not null)
) with (fillfactor = 60);
comment on table breakers is 'Circuit breakers of trunks and campaigns. One without a row has never opened.';
comment on column breakers.company_id is 'The company.';
comment on column breakers.scope is 'trunk: all calls over a carrier connection; campaign: all calls of a campaign.';
comment on column breakers.scope_id is 'The trunk or the campaign.';
comment on column breakers.state is 'closed: calls go out; open: none do until retry_at; half_open: one at a time, and its end decides.';
comment on column breakers.reason is 'What it opened for.';
comment on column breakers.opened_at is 'When it last opened.';
comment on column breakers.retry_at is 'When it half-opens.';
comment on column breakers.openings is 'Openings in a row without a closing: each lasts longer than the one before.';
comment on column breakers.calls is 'The calls that made it open, the latest last.';
comment on column breakers.judged_after is 'Only calls dialled after this are judged: what was seen before the last closing is settled.';
comment on column breakers.changed_at is 'When its state last changed.';
