-- The foundation: tenants, skillbases, contacts, campaigns, the queue, calls and their telemetry.
--
-- Rules of this schema: company_id comes first in every key, so that the data can be distributed by company; there are
-- no keys across companies. States are text with CHECKs; transitions are refused by triggers whose WHEN clause is the
-- table of the state machine, so that a legal change costs no function call. Limits are counted from `leases` and
-- `calls`, never from a counter. Ids are minted by the application; the clock is clock_timestamp() of this database.

create function refuse_transition() returns trigger
language plpgsql as $$
begin
    raise exception using
        errcode = 'check_violation',
        constraint = tg_argv[0],
        table = tg_table_name,
        message = format('%s: this change of state is not allowed', tg_argv[0]);
end
$$;
comment on function refuse_transition() is
    'Refuses a change of state; called only by triggers whose WHEN clause found an arrow that the state machine does not have. The argument is the constraint name that the application maps to an error.';

-- A window is half open; one that closes before it opens crosses midnight and belongs to the day on which it opens.
-- callboard_core::window::DialingWindow::is_open is the same rule in Rust; a property test keeps both equal.
create function window_is_open(at timestamptz, opens smallint, closes smallint, weekdays smallint, zone text)
returns boolean
language sql stable parallel safe as $$
    select case
        when closes > opens then
            minute >= opens and minute < closes and (weekdays >> today) & 1 = 1
        else
            (minute >= opens and (weekdays >> today) & 1 = 1)
            or (minute < closes and (weekdays >> ((today + 6) % 7)) & 1 = 1)
    end
    from (
        select extract(hour from local)::int * 60 + extract(minute from local)::int as minute,
               extract(isodow from local)::int - 1 as today
        from (select at at time zone zone as local) wall
    ) as clock
$$;
comment on function window_is_open(timestamptz, smallint, smallint, smallint, text) is
    'Whether a dialing window is open at an instant: minutes after local midnight, weekday bits (0 = Monday), IANA zone.';

create table companies (
    company_id     uuid primary key,
    name           text        not null constraint companies_name_length check (char_length(btrim(name)) between 1 and 255),
    time_zone      text        not null default 'Europe/Moscow',
    default_region text        not null default 'RU' constraint companies_region_form check (default_region ~ '^[A-Z]{2}$'),
    currency       text        not null default 'USD' constraint companies_currency_form check (currency ~ '^[A-Z]{3}$'),
    calls_at_once  integer     not null default 50 constraint companies_calls_at_once_range check (calls_at_once between 1 and 10000),
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now()
);
create unique index companies_name_key on companies (lower(btrim(name)));
comment on table companies is 'Tenants. Everything else belongs to exactly one company.';
comment on column companies.company_id is 'Identifier, uuid version 7.';
comment on column companies.name is 'Shown name, unique without regard to case.';
comment on column companies.time_zone is 'IANA zone that new campaigns start with.';
comment on column companies.default_region is 'ISO 3166 region in which national phone numbers are read.';
comment on column companies.currency is 'ISO 4217 code of all prices and costs.';
comment on column companies.calls_at_once is 'Most calls in progress at the same time over all campaigns of the company.';
comment on column companies.created_at is 'When the row was made.';
comment on column companies.updated_at is 'When the row was last changed.';

create table users (
    company_id    uuid        not null references companies on delete cascade,
    user_id       uuid        not null,
    name          text        not null constraint users_name_length check (char_length(btrim(name)) between 1 and 255),
    email         text        constraint users_email_length check (char_length(email) <= 255),
    role          text        not null default 'admin' constraint users_role_known check (role in ('admin', 'manager', 'viewer')),
    is_active     boolean     not null default true,
    created_at    timestamptz not null default now(),
    primary key (company_id, user_id)
);
create unique index users_email_key on users (company_id, lower(email)) where email is not null;
comment on table users is 'People of a company. No password is ever preset.';
comment on column users.company_id is 'The company.';
comment on column users.user_id is 'Identifier, uuid version 7.';
comment on column users.name is 'Shown name.';
comment on column users.email is 'Address, unique in the company without regard to case; may be unknown.';
comment on column users.role is 'admin: everything; manager: campaigns, lists, skillbases; viewer: reads only.';
comment on column users.is_active is 'A person who left keeps the row for the history.';
comment on column users.created_at is 'When the row was made.';

create table settings (
    company_id uuid        not null references companies on delete cascade,
    name       text        not null constraint settings_name_known check (name in ('line', 'prices', 'import_mapping')),
    value      jsonb       not null,
    updated_at timestamptz not null default now(),
    primary key (company_id, name)
);
comment on table settings is 'Documents of settings per company. Never holds a secret: keys and passwords are in the keyring.';
comment on column settings.company_id is 'The company.';
comment on column settings.name is 'line: which line new campaigns use and its parameters; prices: unit prices of the cost calculator; import_mapping: column choices remembered per header.';
comment on column settings.value is 'The document; its shape is a Rust type of the same name.';
comment on column settings.updated_at is 'When it was last changed.';

create table system_settings (
    only_row      boolean primary key default true constraint system_settings_single_row check (only_row),
    calls_at_once integer not null default 100 constraint system_settings_calls_at_once_range check (calls_at_once between 1 and 10000)
);
comment on table system_settings is 'One row: what holds for the whole database.';
comment on column system_settings.only_row is 'Always true; keeps the table at one row.';
comment on column system_settings.calls_at_once is 'Most calls in progress at the same time over all companies.';
insert into system_settings default values;

create table skillbases (
    company_id      uuid        not null references companies on delete cascade,
    skillbase_id    uuid        not null,
    name            text        not null constraint skillbases_name_length check (char_length(btrim(name)) between 1 and 255),
    description     text        not null default '' constraint skillbases_description_length check (char_length(description) <= 2000),
    current_version integer     not null default 1 constraint skillbases_version_positive check (current_version >= 1),
    archived_at     timestamptz,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    primary key (company_id, skillbase_id)
);
create unique index skillbases_name_key on skillbases (company_id, lower(btrim(name))) where archived_at is null;
comment on table skillbases is 'What a bot is, says and may do; the content is in the versions.';
comment on column skillbases.company_id is 'The company.';
comment on column skillbases.skillbase_id is 'Identifier, uuid version 7.';
comment on column skillbases.name is 'Shown name, unique among the live skillbases of the company.';
comment on column skillbases.description is 'What it is for.';
comment on column skillbases.current_version is 'The newest version; new campaigns pin it.';
comment on column skillbases.archived_at is 'When it was put away; null while in use.';
comment on column skillbases.created_at is 'When the row was made.';
comment on column skillbases.updated_at is 'When the row was last changed.';

create table skillbase_versions (
    company_id   uuid        not null,
    skillbase_id uuid        not null,
    version      integer     not null constraint skillbase_versions_positive check (version >= 1),
    document     jsonb       not null,
    created_at   timestamptz not null default now(),
    primary key (company_id, skillbase_id, version),
    foreign key (company_id, skillbase_id) references skillbases on delete cascade
);
create trigger skillbase_versions_never_change before update on skillbase_versions
    for each row execute function refuse_transition('skillbase_versions_never_change');
comment on table skillbase_versions is 'Published versions. They never change; a call names the version that spoke.';
comment on column skillbase_versions.company_id is 'The company.';
comment on column skillbase_versions.skillbase_id is 'The skillbase.';
comment on column skillbase_versions.version is 'From 1, rising by 1 with every change of the document.';
comment on column skillbase_versions.document is 'The document (callboard_core::skillbase::SkillbaseDocument).';
comment on column skillbase_versions.created_at is 'When it was published.';

create table contacts (
    company_id uuid        not null references companies on delete cascade,
    contact_id uuid        not null,
    phone      text        not null constraint contacts_phone_form check (phone ~ '^\+[1-9][0-9]{1,14}$'),
    name       text        constraint contacts_name_length check (char_length(name) <= 255),
    data       jsonb       not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (company_id, contact_id)
);
create unique index contacts_phone_key on contacts (company_id, phone);
comment on table contacts is 'People that a company may call, one row per number.';
comment on column contacts.company_id is 'The company.';
comment on column contacts.contact_id is 'Identifier, uuid version 7.';
comment on column contacts.phone is 'E.164 number, unique in the company.';
comment on column contacts.name is 'Name as first imported; an import never overwrites it.';
comment on column contacts.data is 'Further columns of the list it first came with.';
comment on column contacts.created_at is 'When the row was made.';
comment on column contacts.updated_at is 'When the row was last changed.';

create table campaigns (
    company_id          uuid        not null references companies on delete cascade,
    campaign_id         uuid        not null,
    skillbase_id        uuid        not null,
    skillbase_version   integer     not null,
    name                text        not null constraint campaigns_name_length check (char_length(btrim(name)) between 1 and 255),
    description         text        not null default '' constraint campaigns_description_length check (char_length(description) <= 2000),
    state               text        not null default 'draft' constraint campaigns_state_known
                                    check (state in ('draft', 'scheduled', 'running', 'paused', 'completed', 'cancelled')),
    line                text        constraint campaigns_line_known check (line in ('practice', 'livekit')),
    calls_at_once       integer     not null default 5 constraint campaigns_calls_at_once_range check (calls_at_once between 1 and 100),
    calls_per_minute    integer     not null default 10 constraint campaigns_calls_per_minute_range check (calls_per_minute between 1 and 100),
    max_attempts        integer     not null default 3 constraint campaigns_max_attempts_range check (max_attempts between 0 and 10),
    retry_delay_minutes integer     not null default 30 constraint campaigns_retry_delay_range check (retry_delay_minutes between 1 and 1440),
    window_opens        smallint    not null default 540 constraint campaigns_window_opens_range check (window_opens between 0 and 1439),
    window_closes       smallint    not null default 1260 constraint campaigns_window_closes_range check (window_closes between 1 and 1440),
    weekdays            smallint    not null default 127 constraint campaigns_weekdays_range check (weekdays between 1 and 127),
    time_zone           text        not null default 'Europe/Moscow',
    starts_at           timestamptz,
    ends_at             timestamptz,
    started_at          timestamptz,
    ended_at            timestamptz,
    revision            integer     not null default 1,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    primary key (company_id, campaign_id),
    foreign key (company_id, skillbase_id, skillbase_version) references skillbase_versions on delete restrict,
    constraint campaigns_window_not_empty check (window_opens <> window_closes),
    constraint campaigns_end_after_start check (ends_at > starts_at),
    constraint campaigns_scheduled_has_start check (state <> 'scheduled' or starts_at is not null),
    constraint campaigns_started_has_line check (started_at is null or line is not null),
    constraint campaigns_running_is_started check (state <> 'running' or started_at is not null),
    constraint campaigns_final_has_end check ((state in ('completed', 'cancelled')) = (ended_at is not null))
);
create trigger campaigns_state_transition before update of state on campaigns
    for each row when (not (old.state = new.state or (old.state, new.state) in (
        ('draft', 'running'), ('draft', 'scheduled'), ('draft', 'cancelled'),
        ('scheduled', 'running'), ('scheduled', 'paused'), ('scheduled', 'completed'), ('scheduled', 'cancelled'),
        ('running', 'paused'), ('running', 'completed'), ('running', 'cancelled'),
        ('paused', 'running'), ('paused', 'completed'), ('paused', 'cancelled'))))
    execute function refuse_transition('campaigns_state_transition');
create trigger campaigns_line_is_fixed before update of line on campaigns
    for each row when (old.line is not null and old.line is distinct from new.line)
    execute function refuse_transition('campaigns_line_is_fixed');
create index campaigns_open on campaigns (company_id, campaign_id) where state in ('running', 'scheduled');
create index campaigns_newest on campaigns (company_id, created_at desc, campaign_id desc);
create index campaigns_skillbase on campaigns (company_id, skillbase_id);
comment on table campaigns is 'One skillbase, one queue, limits and hours.';
comment on column campaigns.company_id is 'The company.';
comment on column campaigns.campaign_id is 'Identifier, uuid version 7.';
comment on column campaigns.skillbase_id is 'The skillbase that speaks.';
comment on column campaigns.skillbase_version is 'The pinned version of it.';
comment on column campaigns.name is 'Shown name.';
comment on column campaigns.description is 'A note for people.';
comment on column campaigns.state is 'draft: being prepared; scheduled: starts by itself at starts_at; running: dials when hours and limits allow; paused: dials nothing new; completed: every task ended or it was stopped (final); cancelled: given up (final).';
comment on column campaigns.line is 'practice: nobody is called; livekit: real phones ring; null until the first start, fixed from then on, so that practice results never mix with real ones.';
comment on column campaigns.calls_at_once is 'Most calls in progress at the same time, 1 to 100.';
comment on column campaigns.calls_per_minute is 'Most calls started in any 60 seconds, 1 to 100.';
comment on column campaigns.max_attempts is 'Attempts per contact in all, 0 to 10; 0 and 1 both mean one attempt.';
comment on column campaigns.retry_delay_minutes is 'Minutes from an attempt that did not reach the contact to the next, 1 to 1440.';
comment on column campaigns.window_opens is 'Daily opening, minutes after local midnight.';
comment on column campaigns.window_closes is 'Daily closing (exclusive), minutes after local midnight, 1440 is midnight; below the opening it is on the next day.';
comment on column campaigns.weekdays is 'Days on which the window opens, bit 0 is Monday.';
comment on column campaigns.time_zone is 'IANA zone of the window.';
comment on column campaigns.starts_at is 'Nothing is dialled before this instant.';
comment on column campaigns.ends_at is 'Nothing is dialled from this instant on; the campaign is completed then.';
comment on column campaigns.started_at is 'First start.';
comment on column campaigns.ended_at is 'When it was completed or cancelled.';
comment on column campaigns.revision is 'Rises with every change of the settings; a form that was opened on an older one is refused.';
comment on column campaigns.created_at is 'When the row was made.';
comment on column campaigns.updated_at is 'When the row was last changed.';

create table call_lists (
    company_id    uuid        not null,
    call_list_id  uuid        not null,
    campaign_id   uuid        not null,
    file_name     text        not null,
    file_bytes    bigint      not null,
    file_sha256   text        not null constraint call_lists_sha256_form check (file_sha256 ~ '^[0-9a-f]{64}$'),
    state         text        not null default 'staging' constraint call_lists_state_known
                              check (state in ('staging', 'committed', 'failed')),
    total_rows    integer     not null default 0,
    created_rows  integer     not null default 0,
    duplicate_rows integer    not null default 0,
    rejected_rows integer     not null default 0,
    columns       jsonb       not null default '[]',
    created_at    timestamptz not null default now(),
    finished_at   timestamptz,
    primary key (company_id, call_list_id),
    foreign key (company_id, campaign_id) references campaigns on delete cascade,
    constraint call_lists_counts_add_up check (state <> 'committed' or total_rows = created_rows + duplicate_rows + rejected_rows)
);
create index call_lists_campaign on call_lists (company_id, campaign_id, created_at desc);
comment on table call_lists is 'Imports: one file into one campaign.';
comment on column call_lists.company_id is 'The company.';
comment on column call_lists.call_list_id is 'Identifier, uuid version 7.';
comment on column call_lists.campaign_id is 'The campaign it was imported into.';
comment on column call_lists.file_name is 'Name of the file without its folder.';
comment on column call_lists.file_bytes is 'Size of the file in bytes.';
comment on column call_lists.file_sha256 is 'SHA-256 of the file in hexadecimal.';
comment on column call_lists.state is 'staging: rows are being read; committed: tasks exist; failed: nothing was written.';
comment on column call_lists.total_rows is 'Data rows of the file.';
comment on column call_lists.created_rows is 'Rows that became tasks.';
comment on column call_lists.duplicate_rows is 'Rows whose number was already in the file or in the campaign.';
comment on column call_lists.rejected_rows is 'Rows that could not be used.';
comment on column call_lists.columns is 'Header of the file, in order.';
comment on column call_lists.created_at is 'When the import began.';
comment on column call_lists.finished_at is 'When it was committed or failed.';

create table call_list_rejects (
    company_id   uuid    not null,
    call_list_id uuid    not null,
    line         integer not null,
    kind         text    not null constraint call_list_rejects_kind_known check (kind in ('duplicate', 'rejected')),
    reason       text    not null,
    field        text    not null,
    cells        jsonb   not null,
    primary key (company_id, call_list_id, line),
    foreign key (company_id, call_list_id) references call_lists on delete cascade
);
comment on table call_list_rejects is 'Rows of an import that did not become tasks, each with its reason, so that they can be handed back.';
comment on column call_list_rejects.company_id is 'The company.';
comment on column call_list_rejects.call_list_id is 'The import.';
comment on column call_list_rejects.line is 'Line of the file on which the row starts; the header is line 1.';
comment on column call_list_rejects.kind is 'duplicate: the number was there already; rejected: the row cannot be used.';
comment on column call_list_rejects.reason is 'A key of the message catalogue, for example phoneEmpty or duplicateInFile.';
comment on column call_list_rejects.field is 'The column that was refused.';
comment on column call_list_rejects.cells is 'The cells of the row as they were read, in the order of the header.';

create unlogged table call_list_staging (
    company_id   uuid    not null,
    call_list_id uuid    not null,
    line         integer not null,
    task_id      uuid,
    contact_id   uuid,
    phone        text,
    contact_name text,
    contact_data text,
    cells        text    not null,
    kind         text,
    reason       text,
    field        text
);
create index call_list_staging_import on call_list_staging (company_id, call_list_id);
comment on table call_list_staging is 'Rows of imports that are not committed yet, good and bad; unlogged, emptied by each import. A transaction that fails leaves none.';
comment on column call_list_staging.company_id is 'The company.';
comment on column call_list_staging.call_list_id is 'The import.';
comment on column call_list_staging.line is 'Line of the file on which the row starts.';
comment on column call_list_staging.task_id is 'Id of the task that it will be; null for a row that was refused while reading.';
comment on column call_list_staging.contact_id is 'Id of the contact that it will be, unless the company knows the number.';
comment on column call_list_staging.phone is 'E.164 number.';
comment on column call_list_staging.contact_name is 'Name, when the row has one.';
comment on column call_list_staging.contact_data is 'Further columns as a JSON object in text form.';
comment on column call_list_staging.cells is 'The cells as read, a JSON array in text form, for the report.';
comment on column call_list_staging.kind is 'duplicate or rejected; null while it will become a task.';
comment on column call_list_staging.reason is 'Why it will not become a task (see call_list_rejects.reason).';
comment on column call_list_staging.field is 'The column that was refused.';

create table call_tasks (
    company_id      uuid        not null,
    task_id         uuid        not null,
    campaign_id     uuid        not null,
    contact_id      uuid,
    call_list_id    uuid,
    position        integer     not null,
    phone           text        not null constraint call_tasks_phone_form check (phone ~ '^\+[1-9][0-9]{1,14}$'),
    contact_name    text        constraint call_tasks_name_length check (char_length(contact_name) <= 255),
    contact_data    jsonb       not null default '{}',
    status          text        not null default 'pending' constraint call_tasks_status_known
                                check (status in ('pending', 'in_progress', 'retry', 'completed', 'failed', 'cancelled', 'skipped')),
    priority        integer     not null default 0,
    attempts        integer     not null default 0 constraint call_tasks_attempts_range check (attempts between 0 and 1000),
    due_at          timestamptz not null,
    last_attempt_at timestamptz,
    last_call_id    uuid,
    disposition     text,
    outcome         text        constraint call_tasks_outcome_known check (outcome in
                                ('success', 'refusal', 'callback', 'voicemail', 'no_answer', 'busy', 'invalid_number', 'failed', 'unknown')),
    error           text,
    finished_at     timestamptz,
    created_at      timestamptz not null default now(),
    primary key (company_id, task_id),
    foreign key (company_id, campaign_id) references campaigns on delete cascade,
    foreign key (company_id, contact_id) references contacts on delete set null (contact_id),
    foreign key (company_id, call_list_id) references call_lists on delete set null (call_list_id),
    constraint call_tasks_final_has_end check ((status in ('completed', 'failed', 'cancelled', 'skipped')) = (finished_at is not null)),
    constraint call_tasks_retry_was_tried check (status <> 'retry' or attempts > 0),
    constraint call_tasks_in_progress_is_tried check (status <> 'in_progress' or (attempts > 0 and last_call_id is not null))
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create unique index call_tasks_phone_key on call_tasks (company_id, campaign_id, phone);
create index call_tasks_pending on call_tasks (company_id, campaign_id, priority desc, due_at, position) where status = 'pending';
create index call_tasks_retry on call_tasks (company_id, campaign_id, due_at) where status = 'retry';
create index call_tasks_position on call_tasks (company_id, campaign_id, position);
create index call_tasks_contact on call_tasks (company_id, contact_id);
create trigger call_tasks_status_transition before update of status on call_tasks
    for each row when (not (old.status = new.status or (old.status, new.status) in (
        ('pending', 'in_progress'), ('pending', 'cancelled'), ('pending', 'skipped'),
        ('retry', 'in_progress'), ('retry', 'cancelled'), ('retry', 'skipped'),
        ('in_progress', 'pending'), ('in_progress', 'retry'), ('in_progress', 'completed'),
        ('in_progress', 'failed'), ('in_progress', 'cancelled'))))
    execute function refuse_transition('call_tasks_status_transition');
comment on table call_tasks is 'The queue: one contact in one campaign. A number stands in a campaign at most once.';
comment on column call_tasks.company_id is 'The company.';
comment on column call_tasks.task_id is 'Identifier, uuid version 7.';
comment on column call_tasks.campaign_id is 'The campaign.';
comment on column call_tasks.contact_id is 'The contact; null when it was deleted.';
comment on column call_tasks.call_list_id is 'The import it came with; null when that was deleted.';
comment on column call_tasks.position is 'Order of the list within the campaign, from 1.';
comment on column call_tasks.phone is 'E.164 number that is dialled.';
comment on column call_tasks.contact_name is 'Name at the time of the import.';
comment on column call_tasks.contact_data is 'Further columns, handed to the agent.';
comment on column call_tasks.status is 'pending: waits for its first attempt; in_progress: an attempt is under way; retry: waits for its next attempt; completed: the contact was reached (final); failed: attempts used up or number invalid (final); cancelled: the campaign ended first (final); skipped: must not be called any more (final).';
comment on column call_tasks.priority is 'Higher is dialled first.';
comment on column call_tasks.attempts is 'Attempts made, one that was never dialled not counted.';
comment on column call_tasks.due_at is 'Not dialled before; for retry the time of the next attempt.';
comment on column call_tasks.last_attempt_at is 'When the latest attempt was admitted.';
comment on column call_tasks.last_call_id is 'The latest attempt.';
comment on column call_tasks.disposition is 'How the latest attempt ended (see calls.disposition).';
comment on column call_tasks.outcome is 'What came of the latest attempt (see calls.outcome).';
comment on column call_tasks.error is 'Cause of the latest failure, in words for the supervisor.';
comment on column call_tasks.finished_at is 'When the task became final.';
comment on column call_tasks.created_at is 'When the row was made.';

create table workers (
    worker_id   uuid        primary key,
    name        text        not null,
    version     text        not null,
    started_at  timestamptz not null default clock_timestamp(),
    alive_until timestamptz not null
) with (fillfactor = 40);
comment on table workers is 'Processes that dial. A row whose time has run out is a dead worker; its leases are reaped.';
comment on column workers.worker_id is 'Identifier, uuid version 7, new at every start.';
comment on column workers.name is 'Machine and process, for people.';
comment on column workers.version is 'Version of the program.';
comment on column workers.started_at is 'When it registered.';
comment on column workers.alive_until is 'End of its lease of life; renewed every few seconds.';

create sequence lease_tokens;
comment on sequence lease_tokens is 'Fencing tokens: every lease, also an adopted one, gets a higher one than any before.';

create table calls (
    company_id         uuid        not null,
    call_id            uuid        not null,
    campaign_id        uuid        not null,
    task_id            uuid        not null,
    skillbase_id       uuid        not null,
    skillbase_version  integer     not null,
    attempt            integer     not null,
    line               text        not null constraint calls_line_known check (line in ('practice', 'livekit')),
    phone              text        not null,
    state              text        not null default 'admitted' constraint calls_state_known
                                   check (state in ('admitted', 'dialing', 'ringing', 'answered', 'ended', 'released')),
    disposition        text        constraint calls_disposition_known check (disposition in
                                   ('answered', 'voicemail', 'busy', 'no_answer', 'declined', 'invalid_number',
                                    'carrier_fault', 'agent_fault', 'hung_up', 'line_fault', 'unknown')),
    outcome            text        constraint calls_outcome_known check (outcome in
                                   ('success', 'refusal', 'callback', 'voicemail', 'no_answer', 'busy', 'invalid_number', 'failed', 'unknown')),
    outcome_reason     text,
    outcome_confidence double precision constraint calls_confidence_range check (outcome_confidence between 0 and 1),
    sip_status         integer,
    error              text,
    worker_id          uuid        not null,
    admitted_at        timestamptz not null,
    dial_intent_at     timestamptz,
    ringing_at         timestamptz,
    answered_at        timestamptz,
    ended_at           timestamptz,
    ring_ms            integer,
    talk_ms            integer,
    primary key (company_id, call_id),
    foreign key (company_id, campaign_id) references campaigns on delete cascade,
    foreign key (company_id, task_id) references call_tasks on delete cascade,
    constraint calls_ended_is_explained check ((state = 'ended') = (disposition is not null and outcome is not null)),
    constraint calls_final_has_end check ((state in ('ended', 'released')) = (ended_at is not null)),
    constraint calls_dialed_has_intent check (state not in ('dialing', 'ringing', 'answered') or dial_intent_at is not null)
) with (fillfactor = 80);
create unique index calls_attempt_key on calls (company_id, task_id, attempt) where state <> 'released';
create index calls_started on calls (company_id, campaign_id, dial_intent_at) where dial_intent_at is not null;
create index calls_newest on calls (company_id, admitted_at desc, call_id desc);
create index calls_live on calls (company_id, campaign_id) where state in ('admitted', 'dialing', 'ringing', 'answered');
create trigger calls_state_transition before update of state on calls
    for each row when (not (old.state = new.state or (old.state, new.state) in (
        ('admitted', 'dialing'), ('admitted', 'ended'), ('admitted', 'released'),
        ('dialing', 'ringing'), ('dialing', 'answered'), ('dialing', 'ended'), ('dialing', 'released'),
        ('ringing', 'answered'), ('ringing', 'ended'),
        ('answered', 'ended'))))
    execute function refuse_transition('calls_state_transition');
comment on table calls is 'One row per attempt, and the conversation that it led to.';
comment on column calls.company_id is 'The company.';
comment on column calls.call_id is 'Identifier, uuid version 7; room and participant identity on the line are derived from it.';
comment on column calls.campaign_id is 'The campaign.';
comment on column calls.task_id is 'The task.';
comment on column calls.skillbase_id is 'The skillbase that spoke.';
comment on column calls.skillbase_version is 'Its version.';
comment on column calls.attempt is 'Number of the attempt at this task, from 1.';
comment on column calls.line is 'practice: nobody was called; livekit: a real phone may have rung.';
comment on column calls.phone is 'E.164 number dialled.';
comment on column calls.state is 'admitted: holds a slot, not dialled; dialing: dial intent committed, the phone may ring; ringing: the carrier says so; answered: picked up; ended: over (final); released: given back, certainly never dialled (final).';
comment on column calls.disposition is 'How dialling ended. answered: a person picked up; voicemail: a machine did; busy: SIP 486, 600; no_answer: rang out, 408, 480, 487; declined: 603, 607, 608; invalid_number: 404, 410, 484, 604; carrier_fault: 4xx and 5xx of trunk or carrier; agent_fault: the voice agent failed; hung_up: ended by us; line_fault: the line was unusable, nothing was dialled; unknown: it may have rung, nobody can say.';
comment on column calls.outcome is 'What came of it. success: goal reached; refusal: said no; callback: asked to be called again; voicemail: machine; no_answer: nobody; busy: engaged; invalid_number: cannot be reached; failed: fault of line, carrier or agent; unknown: cannot be said.';
comment on column calls.outcome_reason is 'Why this outcome, in words.';
comment on column calls.outcome_confidence is 'How sure the judgement is, 0 to 1.';
comment on column calls.sip_status is 'Final SIP status code, when the carrier gave one.';
comment on column calls.error is 'Cause of a failure, in words for the supervisor.';
comment on column calls.worker_id is 'The worker that holds or held it.';
comment on column calls.admitted_at is 'When it got its slot.';
comment on column calls.dial_intent_at is 'When the intent to dial was committed; the call was sent within two seconds or not at all.';
comment on column calls.ringing_at is 'When ringing was reported.';
comment on column calls.answered_at is 'When it was picked up.';
comment on column calls.ended_at is 'When it ended or was released.';
comment on column calls.ring_ms is 'Milliseconds from dialling to the answer or the end, in the time of the line.';
comment on column calls.talk_ms is 'Milliseconds from the answer to the end, in the time of the line.';

create table leases (
    company_id  uuid        not null,
    task_id     uuid        not null,
    campaign_id uuid        not null,
    call_id     uuid        not null,
    phone       text        not null,
    worker_id   uuid        not null,
    token       bigint      not null,
    admitted_at timestamptz not null,
    dial_at     timestamptz,
    primary key (company_id, task_id)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
create unique index leases_phone_key on leases (company_id, phone);
create index leases_campaign on leases (company_id, campaign_id);
create index leases_worker on leases (worker_id);
comment on table leases is 'Slots in use: one row per call in progress. Every limit on calls at once is a count of these rows.';
comment on column leases.company_id is 'The company.';
comment on column leases.task_id is 'The task that is being worked on.';
comment on column leases.campaign_id is 'Its campaign.';
comment on column leases.call_id is 'The attempt.';
comment on column leases.phone is 'E.164 number; a number has at most one live call in a company.';
comment on column leases.worker_id is 'The worker that holds it.';
comment on column leases.token is 'Fencing token: a write with an older one is refused.';
comment on column leases.admitted_at is 'When the slot was given.';
comment on column leases.dial_at is 'When the dial intent was committed; null while the call was certainly not dialled.';

create table call_logs (
    company_id        uuid        not null,
    call_id           uuid        not null,
    turn_index        integer     not null constraint call_logs_turn_from_zero check (turn_index >= 0),
    role              text        not null constraint call_logs_role_known check (role in ('user', 'assistant', 'system')),
    content           text        not null,
    state_id          text,
    started_ms        integer     not null,
    ttfb_stt_ms       double precision,
    latency_llm_ms    double precision,
    ttfb_tts_ms       double precision,
    eou_latency_ms    double precision,
    stt_seconds       double precision not null default 0,
    llm_input_tokens  integer     not null default 0,
    llm_output_tokens integer     not null default 0,
    tts_characters    integer     not null default 0,
    was_interrupted   boolean     not null default false,
    primary key (company_id, call_id, turn_index),
    foreign key (company_id, call_id) references calls on delete cascade
);
comment on table call_logs is 'The turns of a conversation, one row each.';
comment on column call_logs.company_id is 'The company.';
comment on column call_logs.call_id is 'The call.';
comment on column call_logs.turn_index is 'Order of the turns, from 0 (shown from 1).';
comment on column call_logs.role is 'user: the called person; assistant: the bot; system: a remark that was not spoken.';
comment on column call_logs.content is 'What was said.';
comment on column call_logs.state_id is 'State of the conversation, when the agent has states.';
comment on column call_logs.started_ms is 'Start of the turn, milliseconds after the answer.';
comment on column call_logs.ttfb_stt_ms is 'Start of recognition to its first result, milliseconds.';
comment on column call_logs.latency_llm_ms is 'Request to the language model to its complete answer, milliseconds.';
comment on column call_logs.ttfb_tts_ms is 'Text handed to speech synthesis to its first audio, milliseconds.';
comment on column call_logs.eou_latency_ms is 'Response time: end of the person''s speech to the first sound of the bot, milliseconds.';
comment on column call_logs.stt_seconds is 'Seconds of speech recognised in this turn.';
comment on column call_logs.llm_input_tokens is 'Tokens sent to the language model.';
comment on column call_logs.llm_output_tokens is 'Tokens it answered with.';
comment on column call_logs.tts_characters is 'Characters synthesised.';
comment on column call_logs.was_interrupted is 'The person began to speak while the bot was speaking.';

create table call_metrics (
    company_id         uuid    not null,
    call_id            uuid    not null,
    campaign_id        uuid    not null,
    turn_count         integer not null,
    user_turn_count    integer not null,
    bot_turn_count     integer not null,
    ttfb_stt_avg       double precision, ttfb_stt_min    double precision, ttfb_stt_max    double precision,
    latency_llm_avg    double precision, latency_llm_min double precision, latency_llm_max double precision,
    ttfb_tts_avg       double precision, ttfb_tts_min    double precision, ttfb_tts_max    double precision,
    eou_latency_avg    double precision, eou_latency_min double precision, eou_latency_max double precision,
    stt_seconds        double precision not null,
    llm_input_tokens   integer not null,
    llm_output_tokens  integer not null,
    tts_characters     integer not null,
    line_seconds       double precision not null,
    cost_stt           numeric(14, 6) not null,
    cost_llm           numeric(14, 6) not null,
    cost_tts           numeric(14, 6) not null,
    cost_line          numeric(14, 6) not null,
    cost_total         numeric(14, 6) not null,
    currency           text    not null constraint call_metrics_currency_form check (currency ~ '^[A-Z]{3}$'),
    interruption_count integer not null,
    interruption_rate  double precision not null,
    sentiment_score    double precision constraint call_metrics_sentiment_range check (sentiment_score between -1 and 1),
    created_at         timestamptz not null default now(),
    primary key (company_id, call_id),
    foreign key (company_id, call_id) references calls on delete cascade,
    constraint call_metrics_total_is_the_sum check (cost_total = cost_stt + cost_llm + cost_tts + cost_line)
);
create index call_metrics_campaign on call_metrics (company_id, campaign_id);
comment on table call_metrics is 'One row per conversation: averages, usage and cost. Written with the turns in one transaction.';
comment on column call_metrics.company_id is 'The company.';
comment on column call_metrics.call_id is 'The call.';
comment on column call_metrics.campaign_id is 'Its campaign.';
comment on column call_metrics.turn_count is 'Turns recorded.';
comment on column call_metrics.user_turn_count is 'Turns of the person.';
comment on column call_metrics.bot_turn_count is 'Turns of the bot.';
comment on column call_metrics.ttfb_stt_avg is 'Mean of call_logs.ttfb_stt_ms over turns that have it.';
comment on column call_metrics.ttfb_stt_min is 'Smallest.';
comment on column call_metrics.ttfb_stt_max is 'Largest.';
comment on column call_metrics.latency_llm_avg is 'Mean of call_logs.latency_llm_ms over turns that have it.';
comment on column call_metrics.latency_llm_min is 'Smallest.';
comment on column call_metrics.latency_llm_max is 'Largest.';
comment on column call_metrics.ttfb_tts_avg is 'Mean of call_logs.ttfb_tts_ms over turns that have it.';
comment on column call_metrics.ttfb_tts_min is 'Smallest.';
comment on column call_metrics.ttfb_tts_max is 'Largest.';
comment on column call_metrics.eou_latency_avg is 'Mean of call_logs.eou_latency_ms over turns that have it.';
comment on column call_metrics.eou_latency_min is 'Smallest.';
comment on column call_metrics.eou_latency_max is 'Largest.';
comment on column call_metrics.stt_seconds is 'Seconds of speech recognised.';
comment on column call_metrics.llm_input_tokens is 'Tokens sent to the language model.';
comment on column call_metrics.llm_output_tokens is 'Tokens it answered with.';
comment on column call_metrics.tts_characters is 'Characters synthesised.';
comment on column call_metrics.line_seconds is 'Seconds of line time that are paid for.';
comment on column call_metrics.cost_stt is 'Cost of speech recognition.';
comment on column call_metrics.cost_llm is 'Cost of the language model, input and output.';
comment on column call_metrics.cost_tts is 'Cost of speech synthesis.';
comment on column call_metrics.cost_line is 'Cost of the line.';
comment on column call_metrics.cost_total is 'Sum of the four parts.';
comment on column call_metrics.currency is 'ISO 4217 code.';
comment on column call_metrics.interruption_count is 'Times the person began to speak while the bot was speaking.';
comment on column call_metrics.interruption_rate is 'interruption_count / turn_count.';
comment on column call_metrics.sentiment_score is '-1 to 1; null while no judge is configured.';
comment on column call_metrics.created_at is 'When the row was made.';

create table campaign_stats (
    company_id  uuid    not null,
    campaign_id uuid    not null,
    pending     integer not null default 0,
    in_progress integer not null default 0,
    retry       integer not null default 0,
    completed   integer not null default 0,
    failed      integer not null default 0,
    cancelled   integer not null default 0,
    skipped     integer not null default 0,
    primary key (company_id, campaign_id),
    foreign key (company_id, campaign_id) references campaigns on delete cascade
) with (fillfactor = 40);
comment on table campaign_stats is 'Tasks by status, folded. The exact figure is this plus the deltas that are not folded yet (view campaign_counts).';
comment on column campaign_stats.company_id is 'The company.';
comment on column campaign_stats.campaign_id is 'The campaign.';
comment on column campaign_stats.pending is 'Tasks in pending.';
comment on column campaign_stats.in_progress is 'Tasks in in_progress.';
comment on column campaign_stats.retry is 'Tasks in retry.';
comment on column campaign_stats.completed is 'Tasks in completed.';
comment on column campaign_stats.failed is 'Tasks in failed.';
comment on column campaign_stats.cancelled is 'Tasks in cancelled.';
comment on column campaign_stats.skipped is 'Tasks in skipped.';

create table campaign_deltas (
    company_id  uuid    not null,
    campaign_id uuid    not null,
    pending     integer not null default 0,
    in_progress integer not null default 0,
    retry       integer not null default 0,
    completed   integer not null default 0,
    failed      integer not null default 0,
    cancelled   integer not null default 0,
    skipped     integer not null default 0
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
comment on table campaign_deltas is 'Changes of campaign_stats, written in the transaction that moves the tasks; one folder adds them up a few times a second and notifies the windows. A row of zeros says that something else about the campaign changed.';
comment on column campaign_deltas.company_id is 'The company.';
comment on column campaign_deltas.campaign_id is 'The campaign.';
comment on column campaign_deltas.pending is 'Change of pending.';
comment on column campaign_deltas.in_progress is 'Change of in_progress.';
comment on column campaign_deltas.retry is 'Change of retry.';
comment on column campaign_deltas.completed is 'Change of completed.';
comment on column campaign_deltas.failed is 'Change of failed.';
comment on column campaign_deltas.cancelled is 'Change of cancelled.';
comment on column campaign_deltas.skipped is 'Change of skipped.';

create view campaign_counts as
    select company_id, campaign_id,
           sum(pending)::int as pending, sum(in_progress)::int as in_progress, sum(retry)::int as retry,
           sum(completed)::int as completed, sum(failed)::int as failed, sum(cancelled)::int as cancelled,
           sum(skipped)::int as skipped,
           sum(pending + in_progress + retry + completed + failed + cancelled + skipped)::int as total
    from (select * from campaign_stats union all select * from campaign_deltas) as parts
    group by company_id, campaign_id;
comment on view campaign_counts is 'Tasks by status, exact in any snapshot: folded figures plus deltas.';
