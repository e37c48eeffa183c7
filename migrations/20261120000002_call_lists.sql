-- Call lists: imports that are checked before they are committed and can be taken back, the contact book, do-not-call
-- entries, and the time zones of people.
--
-- Two tables are filled a million rows at a time, contacts and call_tasks. Foreign keys check row by row, which costs
-- more than everything else of an import together (docs/decisions.md, "No foreign keys on the bulk tables"), so these two
-- have none. Whoever inserts looks at the campaign's row once more, and locks it, before it commits (a lock from the beginning
-- would keep everybody from pausing the campaign), and triggers on the parents delete what the keys would have deleted.

create function delete_rows_of_campaign() returns trigger
language plpgsql as $$
begin
    delete from call_tasks where company_id = old.company_id and campaign_id = old.campaign_id;
    delete from campaign_lanes where company_id = old.company_id and campaign_id = old.campaign_id;
    return old;
end
$$;
comment on function delete_rows_of_campaign() is 'What "on delete cascade" of call_tasks and campaign_lanes would do.';

create function delete_rows_of_company() returns trigger
language plpgsql as $$
begin
    delete from call_tasks where company_id = old.company_id;
    delete from campaign_lanes where company_id = old.company_id;
    delete from contacts where company_id = old.company_id;
    return old;
end
$$;
comment on function delete_rows_of_company() is 'What "on delete cascade" of contacts would do.';

create trigger campaigns_take_their_tasks before delete on campaigns
    for each row execute function delete_rows_of_campaign();
create trigger companies_take_their_contacts before delete on companies
    for each row execute function delete_rows_of_company();

create table zone_sets (
    zone_set_id smallint primary key constraint zone_sets_from_zero check (zone_set_id >= 0),
    zones       text     collate "C" not null constraint zone_sets_zones_key unique
);
comment on table zone_sets is 'Sets of time zones in which people may be: a few dozen for the whole database, so that a million contacts hold a number each and not two hundred characters. Reference data, not a company''s.';
comment on column zone_sets.zone_set_id is 'From 1, in the order in which they came up; 0: nothing is known, the campaign''s zone holds.';
comment on column zone_sets.zones is 'IANA zones, sorted and joined by &; all of them must be open. Empty for 0.';
insert into zone_sets values (0, '');

create function zone_set_of(wanted text) returns smallint
language plpgsql as $$
declare
    found_id smallint;
begin
    select zone_set_id into found_id from zone_sets where zones = wanted;
    if found_id is null then
        -- Ids are given once: who comes second sees the row of the first.
        lock table zone_sets in share row exclusive mode;
        insert into zone_sets
        select (select max(zone_set_id) + 1 from zone_sets), wanted
        where not exists (select from zone_sets where zones = wanted);
        select zone_set_id into found_id from zone_sets where zones = wanted;
    end if;
    return found_id;
end
$$;
comment on function zone_set_of(text) is 'The id of a set of zones; makes one for a set that is new.';

alter table contacts
    drop constraint contacts_company_id_fkey,
    drop constraint contacts_phone_form,
    alter column phone type text collate "C",
    add column other_phones text[] constraint contacts_other_phones_some check (cardinality(other_phones) between 1 and 9),
    add column email        text constraint contacts_email_length check (octet_length(email) <= 1020),
    add column organization text constraint contacts_organization_length check (octet_length(organization) <= 1020),
    add column notes        text constraint contacts_notes_length check (octet_length(notes) <= 65536),
    add column tags         text[] constraint contacts_tags_some check (cardinality(tags) between 1 and 50),
    add column zone_set_id  smallint not null default 0,
    add column zone_source  text not null default 'campaign'
               constraint contacts_zone_source_known check (zone_source in ('column', 'number', 'campaign')),
    add column call_list_id uuid,
    add column revision     integer not null default 1,
    -- No regular expression: a million rows pay for it.
    add constraint contacts_phone_form check (phone >= '+1' and phone < '+:' and octet_length(phone) <= 16);
create index contacts_tags on contacts using gin (tags) where tags is not null;
comment on column contacts.other_phones is 'Further E.164 numbers of the same person, in the order in which they are tried; null when there are none.';
comment on column contacts.email is 'E-mail address.';
comment on column contacts.organization is 'The company that the contact works for.';
comment on column contacts.notes is 'Remarks of supervisors.';
comment on column contacts.tags is 'Labels; null when there are none.';
comment on column contacts.zone_set_id is 'The zones in which the person may be: zone_sets.';
comment on column contacts.zone_source is 'column: a list or a person said so; number: from the numbering plan; campaign: nobody knows.';
comment on column contacts.call_list_id is 'The import that made the contact; an undone import takes it away again when nothing else came to know it.';
comment on column contacts.revision is 'Rises with every change by a person; two people do not overwrite each other.';

-- Tasks of the first version may have no contact; the number makes it one.
insert into contacts (company_id, contact_id, phone, name, data)
select distinct on (t.company_id, t.phone) t.company_id, t.task_id, t.phone, t.contact_name, t.contact_data
from call_tasks t
where t.contact_id is null
order by t.company_id, t.phone, t.created_at
on conflict (company_id, phone) do nothing;
update call_tasks t set contact_id = c.contact_id
from contacts c
where t.contact_id is null and c.company_id = t.company_id and c.phone = t.phone;

drop index call_tasks_phone_key;
drop index call_tasks_contact;
drop index call_tasks_pending;
drop index call_tasks_retry;
alter table call_tasks
    drop constraint call_tasks_company_id_campaign_id_fkey,
    drop constraint call_tasks_company_id_contact_id_fkey,
    drop constraint call_tasks_company_id_call_list_id_fkey,
    drop constraint call_tasks_phone_form,
    alter column phone type text collate "C",
    alter column contact_id set not null,
    alter column contact_data drop not null,
    alter column contact_data drop default,
    add column lane smallint not null default 0,
    add constraint call_tasks_phone_form check (phone >= '+1' and phone < '+:' and octet_length(phone) <= 16);
create unique index call_tasks_contact_key on call_tasks (company_id, campaign_id, contact_id);
create index call_tasks_pending on call_tasks (company_id, campaign_id, lane, priority desc, due_at, position) where status = 'pending';
create index call_tasks_retry on call_tasks (company_id, campaign_id, lane, priority desc, due_at, position) where status = 'retry';
comment on column call_tasks.contact_data is 'Further columns of the list it came with; null when they are the contact''s own.';
comment on column call_tasks.contact_id is 'The contact; a contact stands in a campaign at most once, and with it its number.';
comment on column call_tasks.lane is 'Copy of contacts.zone_set_id: admission looks at one lane of a campaign at a time.';
comment on column call_tasks.position is 'Place in the list: tasks of one import stand together, in the order of the file, with gaps where rows were refused.';

-- Numbers are compared across tables; with different collations no index would be used for that.
alter table leases alter column phone type text collate "C";
alter table calls alter column phone type text collate "C";

create table campaign_lanes (
    company_id  uuid     not null,
    campaign_id uuid     not null,
    lane        smallint not null constraint campaign_lanes_from_one check (lane >= 1),
    primary key (company_id, campaign_id, lane)
);
comment on table campaign_lanes is 'The different zone sets of the people in a campaign. Tasks of one lane may be dialled at the same hours, so admission looks at each lane once and not at each task. Lane 0 is always there and has no row; whoever adds a task with another lane adds the row first.';
comment on column campaign_lanes.company_id is 'The company.';
comment on column campaign_lanes.campaign_id is 'The campaign.';
comment on column campaign_lanes.lane is 'A zone_set_id.';

alter table campaigns add column local_time boolean not null default false;
comment on column campaigns.local_time is 'The hours hold in the contact''s own time zone, where it is known.';

create function lane_is_open(at timestamptz, opens smallint, closes smallint, weekdays smallint, zone text, local_time boolean, zones text)
returns boolean
language sql stable parallel safe as $$
    select case
        when local_time and zones <> '' then
            (select bool_and(window_is_open(at, opens, closes, weekdays, z)) from unnest(string_to_array(zones, '&')) as z)
        else window_is_open(at, opens, closes, weekdays, zone)
    end
$$;
comment on function lane_is_open(timestamptz, smallint, smallint, smallint, text, boolean, text) is
    'Whether the hours of a campaign are open for the contacts of a lane: in all of their zones, or in the campaign''s.';

-- The history of a person over all campaigns, and what the priority of a task is computed from.
create index calls_phone on calls (company_id, phone, dial_intent_at desc) where dial_intent_at is not null;

-- callboard_core::priority is the same rule in Rust; a test keeps both equal.
create function priority_of(name text, email text, organization text, history integer) returns integer
language sql immutable parallel safe as $$
    select greatest(0, case when name <> '' then 100 else 0 end + case when email <> '' then 10 else 0 end
                       + case when organization <> '' then 10 else 0 end + coalesce(history, 0))
$$;
comment on function priority_of(text, text, text, integer) is
    'Priority of a task: +100 for a name, +10 for an e-mail address, +10 for a company, and what the history of the number adds or takes (history_points). Not below 0.';

create function history_points(company uuid, number text) returns integer
language sql stable parallel safe as $$
    select least(5 * (count(*) filter (where k.outcome = 'success'))::int, 20)
           - 10 * (count(*) filter (where k.disposition in ('busy', 'no_answer', 'declined', 'voicemail', 'invalid_number')))::int
    from calls k
    where k.company_id = company and k.phone = number and k.dial_intent_at is not null and k.state = 'ended'
$$;
comment on function history_points(uuid, text) is
    'What earlier calls of a number, over all campaigns and lines, do to its priority: +5 for each success, at most +20, -10 for each that reached nobody. Faults of line, carrier and agent say nothing about the contact.';

create table do_not_call (
    company_id  uuid        not null references companies on delete cascade,
    entry_id    uuid        not null,
    campaign_id uuid,
    kind        text        not null constraint do_not_call_kind_known check (kind in ('number', 'prefix')),
    pattern     text        collate "C" not null
                            constraint do_not_call_pattern_form check (pattern >= '+1' and pattern < '+:' and octet_length(pattern) <= 16),
    source      text        not null constraint do_not_call_source_known check (source in ('person', 'file', 'call')),
    note        text        constraint do_not_call_note_length check (octet_length(note) <= 2000),
    created_at  timestamptz not null default clock_timestamp(),
    primary key (company_id, entry_id),
    foreign key (company_id, campaign_id) references campaigns on delete cascade
);
create unique index do_not_call_company_key on do_not_call (company_id, pattern, kind) where campaign_id is null;
create unique index do_not_call_campaign_key on do_not_call (company_id, campaign_id, pattern, kind) where campaign_id is not null;
create index do_not_call_prefixes on do_not_call (company_id) where kind = 'prefix';
create index do_not_call_newest on do_not_call (company_id, created_at desc, entry_id desc);
comment on table do_not_call is 'Numbers and prefixes that must not be called, by the whole company or by one campaign. Asked by imports, by admission and once more by the intent to dial.';
comment on column do_not_call.company_id is 'The company.';
comment on column do_not_call.entry_id is 'Identifier, uuid version 7.';
comment on column do_not_call.campaign_id is 'Only for this campaign; null: for the whole company.';
comment on column do_not_call.kind is 'number: exactly this one; prefix: every number that begins so.';
comment on column do_not_call.pattern is 'E.164 number, or the beginning of one.';
comment on column do_not_call.source is 'person: entered by hand; file: imported; call: the person asked the bot for it.';
comment on column do_not_call.note is 'Why, in words; for a file its name.';
comment on column do_not_call.created_at is 'When it began to hold.';

create function is_forbidden(company uuid, campaign uuid, number text) returns boolean
language sql stable parallel safe as $$
    select exists (select from do_not_call d
                   where d.company_id = company and d.campaign_id is null and d.pattern = number and d.kind = 'number')
        or exists (select from do_not_call d
                   where d.company_id = company and d.campaign_id = campaign and d.pattern = number and d.kind = 'number')
        or exists (select from do_not_call d
                   where d.company_id = company and d.kind = 'prefix' and (d.campaign_id is null or d.campaign_id = campaign)
                     and starts_with(number, d.pattern))
$$;
comment on function is_forbidden(uuid, uuid, text) is 'Whether a do-not-call entry of the company or of the campaign forbids a number.';

drop table call_list_staging;
create unlogged table call_list_staging (
    company_id   uuid    not null,
    call_list_id uuid    not null,
    line         integer not null,
    ordinal      integer not null,
    fate         text    not null constraint call_list_staging_fate_known check
                         (fate in ('ready', 'fixed', 'known', 'duplicate', 'in_campaign', 'do_not_call', 'invalid', 'ignored')),
    reason       text,
    field        text,
    task_id      uuid,
    contact_id   uuid,
    is_known     boolean not null default false,
    phone        text    collate "C",
    other_phones text[],
    contact_name text,
    email        text,
    organization text,
    notes        text,
    tags         text[],
    zone_number  smallint,
    zone_source  text,
    contact_data text,
    cells        text    not null
) with (autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 2147483647);
comment on table call_list_staging is 'Rows of imports that are checked and not committed; unlogged, emptied when the import ends (empty_staging), without an index: it is read whole or in pieces of its pages, and an index would lead the planner away from the pieces. Lost when the database crashes: such an import says so.';
comment on column call_list_staging.company_id is 'The company.';
comment on column call_list_staging.call_list_id is 'The import.';
comment on column call_list_staging.line is 'Line of the file.';
comment on column call_list_staging.ordinal is 'Place among the rows that become tasks as far as the file can tell, from 1; the task stands so far behind the campaign''s last one.';
comment on column call_list_staging.fate is 'ready: a new contact, as it stands; fixed: the number was repaired, see reason; known: the company has the contact; these three become tasks. duplicate: further up in the file; in_campaign: the campaign has the number; do_not_call: forbidden; invalid: cannot be used; ignored: a line of totals or instructions.';
comment on column call_list_staging.reason is 'Key of the reason or of the repair.';
comment on column call_list_staging.field is 'The column that it is about.';
comment on column call_list_staging.task_id is 'Id of the task that it becomes.';
comment on column call_list_staging.contact_id is 'Id of its contact: a new one, or the known one''s.';
comment on column call_list_staging.is_known is 'The company has the contact already.';
comment on column call_list_staging.phone is 'E.164 number.';
comment on column call_list_staging.other_phones is 'Further numbers.';
comment on column call_list_staging.contact_name is 'Name.';
comment on column call_list_staging.email is 'E-mail address.';
comment on column call_list_staging.organization is 'The contact''s company.';
comment on column call_list_staging.notes is 'Remarks.';
comment on column call_list_staging.tags is 'Labels.';
comment on column call_list_staging.zone_number is 'Its zones: a place in call_lists.zone_sets, from 1.';
comment on column call_list_staging.zone_source is 'As in contacts.zone_source.';
comment on column call_list_staging.contact_data is 'Further columns, a JSON object as text.';
comment on column call_list_staging.cells is 'The cells as read, a JSON array as text.';

-- Deleting a million rows takes half a second and leaves their space; nearly always no other import has rows there.
create function empty_staging(company uuid, list uuid) returns void
language plpgsql as $$
begin
    begin
        lock table call_list_staging in access exclusive mode nowait;
        if exists (select from call_lists
                   where state in ('checking', 'checked') and (company_id, call_list_id) <> (company, list)) then
            raise lock_not_available;
        end if;
        truncate call_list_staging;
        return;
    exception when lock_not_available then
        -- The rows of others stay, and the lock is given back.
        null;
    end;
    delete from call_list_staging where company_id = company and call_list_id = list;
end
$$;
comment on function empty_staging(uuid, uuid) is 'Removes the rows of an import from call_list_staging.';

create table call_list_halves (
    company_id   uuid not null,
    call_list_id uuid not null,
    primary key (company_id, call_list_id)
);
comment on table call_list_halves is 'Imports whose contacts are committed and whose tasks are not: two connections make them at the same time, and commit one after the other. A row lives for a moment; one that nobody works on was left by a crash, and its contacts are taken back.';
comment on column call_list_halves.company_id is 'The company.';
comment on column call_list_halves.call_list_id is 'The import.';

alter table call_lists
    drop constraint call_lists_state_known,
    drop constraint call_lists_counts_add_up,
    alter column state set default 'checking',
    drop column file_sha256,
    add column mapping         jsonb   not null default '{}',
    add column zone_sets       smallint[] not null default '{}',
    add column ready_rows      integer not null default 0,
    add column fixed_rows      integer not null default 0,
    add column known_rows      integer not null default 0,
    add column in_campaign_rows integer not null default 0,
    add column do_not_call_rows integer not null default 0,
    add column ignored_rows    integer not null default 0,
    add column reused_contacts integer not null default 0,
    add column first_position  integer,
    add column last_position   integer,
    add column failure         text;
update call_lists set state = 'failed', finished_at = coalesce(finished_at, now()) where state = 'staging';
update call_lists set ready_rows = created_rows;
alter table call_lists
    add constraint call_lists_state_known
        check (state in ('checking', 'checked', 'committed', 'undone', 'cancelled', 'failed')),
    add constraint call_lists_counts_add_up check (state not in ('checked', 'committed', 'undone') or total_rows =
        ready_rows + fixed_rows + known_rows + duplicate_rows + in_campaign_rows + do_not_call_rows + rejected_rows + ignored_rows),
    add constraint call_lists_created_are_the_good check (state <> 'committed' or created_rows <= ready_rows + fixed_rows + known_rows);
alter table call_lists rename column rejected_rows to invalid_rows;
create trigger call_lists_state_transition before update of state on call_lists
    for each row when (not (old.state = new.state or (old.state, new.state) in (
        ('checking', 'checked'), ('checking', 'failed'), ('checking', 'cancelled'),
        ('checked', 'committed'), ('checked', 'cancelled'), ('checked', 'failed'),
        ('committed', 'undone'))))
    execute function refuse_transition('call_lists_state_transition');
comment on column call_lists.state is 'checking: the file is being read; checked: its rows wait in staging for a decision; committed: they are tasks; undone: taken back after that; cancelled: given up before; failed: could not be read to its end, see failure.';
comment on column call_lists.total_rows is 'Data rows of the file, each of which has exactly one fate: the sum of the eight counts.';
comment on column call_lists.created_rows is 'Tasks that it made.';
comment on column call_lists.ready_rows is 'Rows that were new and good as they stood.';
comment on column call_lists.fixed_rows is 'Rows whose number was repaired.';
comment on column call_lists.known_rows is 'Rows whose contact the company had already.';
comment on column call_lists.duplicate_rows is 'Rows whose number stands further up in the file.';
comment on column call_lists.in_campaign_rows is 'Rows whose number the campaign had already.';
comment on column call_lists.do_not_call_rows is 'Rows that a do-not-call entry forbids.';
comment on column call_lists.invalid_rows is 'Rows that cannot be used.';
comment on column call_lists.ignored_rows is 'Lines of totals and instructions.';
comment on column call_lists.reused_contacts is 'Tasks whose contact the company had already.';
comment on column call_lists.mapping is 'How the file was read: layout and roles of its columns.';
comment on column call_lists.zone_sets is 'The zone sets of its rows, in the order in which they came up.';
comment on column call_lists.first_position is 'Place of its first task in the campaign; its tasks stand together.';
comment on column call_lists.last_position is 'Place of its last task.';
comment on column call_lists.failure is 'Key of the reason why it failed.';

alter table call_list_rejects drop constraint call_list_rejects_kind_known;
update call_list_rejects set kind = case when reason = 'duplicateInCampaign' then 'in_campaign'
                                         when kind = 'rejected' then 'invalid' else kind end;
alter table call_list_rejects rename column kind to fate;
alter table call_list_rejects
    add constraint call_list_rejects_fate_known check (fate in ('duplicate', 'in_campaign', 'do_not_call', 'invalid', 'ignored'));
comment on column call_list_rejects.fate is 'As in call_list_staging.fate.';
