-- Policies around admission: what follows an attempt, when a trunk or a campaign is left alone, what a person is told.
--
-- State of a policy is a row, shared by every worker. What a policy decides reaches the dialling only through the gates and
-- ceilings that admission reads; nothing here admits a call.

alter table campaigns
    add column retries      jsonb    not null default '[]' constraint campaigns_retries_form check (jsonb_typeof(retries) = 'array'),
    add column spread       text     not null default 'fast' constraint campaigns_spread_known check (spread in ('fast', 'even')),
    add column ramp_up_from smallint constraint campaigns_ramp_up_from_range check (ramp_up_from between 1 and 100),
    add column calls_allowed smallint constraint campaigns_calls_allowed_range check (calls_allowed between 1 and 100),
    add column probing      boolean  not null default false;
comment on column campaigns.retries is 'Rows of the retry table that the campaign sets (callboard_core::retry::RetryTable); the others are the usual ones.';
comment on column campaigns.spread is 'fast: contacts are due at once; even: spread evenly over the hours of the day on which they begin to wait.';
comment on column campaigns.ramp_up_from is 'Calls at once that it begins with after a start; null: all of calls_at_once.';
comment on column campaigns.calls_allowed is 'Calls at once that the ramp-up has earned so far; null: it has none.';
comment on column campaigns.probing is 'Its breaker lets one call at a time pass.';

alter table campaigns
    add column direct_for uuid,
    add constraint campaigns_direct_for_is_direct check (direct_for is null or kind = 'direct'),
    add foreign key (company_id, direct_for) references campaigns on delete cascade;
create unique index campaigns_direct_campaign_key on campaigns (company_id, direct_for, line) where kind = 'direct' and direct_for is not null;
create unique index campaigns_direct_skillbase_key on campaigns (company_id, skillbase_id, line) where kind = 'direct' and direct_for is null;
comment on column campaigns.direct_for is 'The campaign whose conversation and line its direct calls have; null: they have a skillbase of their own.';

alter table call_tasks
    add column free_attempts smallint not null default 0 constraint call_tasks_free_attempts_range check (free_attempts >= 0),
    add column phone_index   smallint not null default 0 constraint call_tasks_phone_index_range check (phone_index between 0 and 9),
    add column spent_numbers smallint not null default 0 constraint call_tasks_spent_numbers_range check (spent_numbers between 0 and 1023),
    add column callback_at   timestamptz;
alter table call_tasks add column is_direct boolean not null default false;
comment on column call_tasks.is_direct is 'A call that a person asked for ("Call now"), in a campaign of the kind direct: a contact may have any number of them, one at a time.';
drop index call_tasks_contact_key;
create unique index call_tasks_contact_key on call_tasks (company_id, campaign_id, contact_id) where not is_direct;
create unique index call_tasks_direct_key on call_tasks (company_id, campaign_id, contact_id) where is_direct and waits;
comment on column call_tasks.attempts is 'Attempts made, one that was never dialled not counted. It numbers the calls and is never set back.';
comment on column call_tasks.free_attempts is 'Of these, such as cost the contact none, for example when the carrier limited our rate. Limits on attempts compare with the difference.';
comment on column call_tasks.phone_index is 'Which number of the contact is tried: 0 its first, n the n-th of contacts.other_phones.';
comment on column call_tasks.spent_numbers is 'Numbers that this task does not dial any more, bit n for phone_index n.';
comment on column call_tasks.callback_at is 'The next attempt was asked for at this instant, by the person called or by a supervisor, and goes before others; null: it follows from the campaign''s rules.';

create index call_tasks_callbacks on call_tasks (company_id, campaign_id, callback_at) where callback_at is not null and waits;

create function callback_priority() returns integer
language sql immutable parallel safe as $$ select 1000 $$;
comment on function callback_priority() is 'What a callback that was asked for adds to the priority of its task: more than a list can.';

create function number_of(phone text, other_phones text[], index smallint) returns text
language sql immutable parallel safe as $$
    select coalesce((array_prepend(phone, coalesce(other_phones, '{}')))[index + 1], phone)
$$;
comment on function number_of(text, text[], smallint) is 'The number of a contact that a task tries: its first for 0 and for what it has not any more.';

create function number_free_at(company uuid, number text, at timestamptz) returns timestamptz
language sql stable parallel safe as $$
    select nullif(greatest(
               case when o.number_per_day > 0 then (array_agg(k.dial_intent_at order by k.dial_intent_at desc))[o.number_per_day] + interval '24 hours' end,
               case when o.number_per_week > 0 then (array_agg(k.dial_intent_at order by k.dial_intent_at desc))[o.number_per_week] + interval '7 days' end,
               case when o.number_per_month > 0 then (array_agg(k.dial_intent_at order by k.dial_intent_at desc))[o.number_per_month] + interval '30 days' end,
               case when o.number_gap_minutes > 0 then max(k.dial_intent_at) + make_interval(mins => o.number_gap_minutes) end,
               at), at)
    from companies o
    join calls k on k.company_id = o.company_id and k.phone = number and not k.is_released
                and k.admitted_at > at - interval '32 days' and k.dial_intent_at is not null
    where o.company_id = company
    group by o.number_per_day, o.number_per_week, o.number_per_month, o.number_gap_minutes
$$;
comment on function number_free_at(uuid, text, timestamptz) is
    'Until when the caps of the company keep a number from being called; null: it may be called. The rule that admission has in its own words.';

alter table calls add column situation text;
comment on column calls.situation is 'Row of the retry table that applied (callboard_core::retry::Situation); null: the contact was reached, or the call has not ended.';

alter table trunks
    add column slowed_to double precision constraint trunks_slowed_to_positive check (slowed_to > 0),
    add column slowed_at timestamptz,
    add column probing   boolean not null default false,
    add constraint trunks_slowdown_whole check ((slowed_to is null) = (slowed_at is null));
comment on column trunks.slowed_to is 'Calls per second that its carrier''s latest rejection left; it grows back with time (callboard_core::pace); null: the carrier takes what is set.';
comment on column trunks.slowed_at is 'When that was.';
comment on column trunks.probing is 'Its breaker lets one call at a time pass.';

create table notices (
    company_id  uuid        not null references companies on delete cascade,
    notice_id   uuid        not null,
    campaign_id uuid,
    kind        text        not null constraint notices_kind_form check (kind ~ '^[a-z][a-z_]{1,63}$'),
    level       text        not null constraint notices_level_known check (level in ('info', 'warning', 'alarm')),
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
comment on column notices.level is 'info: good to know; warning: look at it today; alarm: nothing is dialled until somebody acts.';
comment on column notices.params is 'Figures and names of its sentence, texts by name.';
comment on column notices.once is 'Key of what is told only once, whoever finds out first, for example a budget of a day.';
comment on column notices.happened_at is 'When.';
comment on column notices.read_at is 'When a person marked it as read; null: new.';

create table breakers (
    company_id   uuid        not null references companies on delete cascade,
    scope        text        not null constraint breakers_scope_known check (scope in ('trunk', 'campaign')),
    subject      text        collate "C" not null,
    state        text        not null default 'closed' constraint breakers_state_known check (state in ('closed', 'open', 'probing')),
    cause        text,
    opened_at    timestamptz,
    probes_at    timestamptz,
    trips        integer     not null default 0 constraint breakers_trips_from_zero check (trips >= 0),
    calls        uuid[]      not null default '{}',
    judged_after timestamptz not null default '-infinity',
    primary key (company_id, scope, subject),
    constraint breakers_open_is_explained check (state = 'closed' or (cause is not null and opened_at is not null))
) with (fillfactor = 60);
comment on table breakers is 'Circuit breakers of trunks and campaigns. One without a row has never opened. What they decide is in held_until and probing of their trunk or campaign.';
comment on column breakers.company_id is 'The company.';
comment on column breakers.scope is 'trunk: all calls over a line of the company; campaign: all calls of a campaign.';
comment on column breakers.subject is 'The line, or the id of the campaign.';
comment on column breakers.state is 'closed: calls pass; open: none does; probing: one at a time, and its end decides.';
comment on column breakers.cause is 'Why it opened last (callboard_core::breaker::BreakerCause).';
comment on column breakers.opened_at is 'When it opened last.';
comment on column breakers.probes_at is 'When an open one lets a call pass; null: when a person closes it.';
comment on column breakers.trips is 'Openings in a row without a healthy call between them: each lasts longer than the one before.';
comment on column breakers.calls is 'The calls that made it open, oldest first.';
comment on column breakers.judged_after is 'Calls that ended before are settled and judged no more.';

create view budget_standings as
    with days as (
        select company_id, day, begins_at, ends_at from budget_days
        where begins_at <= clock_timestamp() and ends_at > clock_timestamp()
    ), spent as (
        select company_id, campaign_id, sum(amount) as amount
        from (select s.company_id, s.campaign_id, s.spent as amount
              from campaign_days s join days d on d.company_id = s.company_id and d.day = s.day
              union all
              select s.company_id, s.campaign_id, s.amount
              from spendings s join days d on d.company_id = s.company_id
              where s.spent_at >= d.begins_at and s.spent_at < d.ends_at) parts
        group by company_id, campaign_id
    ), flying as (
        select l.company_id, l.campaign_id, count(*) * c.call_estimate as amount
        from leases l join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
        group by l.company_id, l.campaign_id, c.call_estimate
    )
    select c.company_id, c.campaign_id, c.daily_budget as daily_limit, coalesce(s.amount, 0) as spent,
           coalesce(f.amount, 0) as in_flight, c.call_estimate as next_call, o.currency, d.day, d.ends_at as renews_at
    from campaigns c
    join companies o on o.company_id = c.company_id
    join days d on d.company_id = c.company_id
    left join spent s on s.company_id = c.company_id and s.campaign_id = c.campaign_id
    left join flying f on f.company_id = c.company_id and f.campaign_id = c.campaign_id
    where c.daily_budget is not null and c.state in ('scheduled', 'running', 'paused')
    union all
    select o.company_id, null, o.daily_budget,
           coalesce((select sum(s.amount) from spent s where s.company_id = o.company_id), 0),
           coalesce((select sum(f.amount) from flying f where f.company_id = o.company_id), 0),
           coalesce((select max(c.call_estimate) from campaigns c where c.company_id = o.company_id and c.state = 'running'), 0),
           o.currency, d.day, d.ends_at
    from companies o
    join days d on d.company_id = o.company_id
    where o.daily_budget is not null;
comment on view budget_standings is 'The daily budgets of campaigns (campaign_id null: of companies): what the calls of the present budget day have cost, what those in progress are taken to cost, and what one more would.';
