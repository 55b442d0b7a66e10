-- Shifts of agents at tills, the cash that passes through them, and what is still to be told to the ledger.

create table shift (
  shift_id uuid primary key,
  tenant_id uuid not null,
  agent_user_id uuid not null,
  device_id uuid not null,
  station_id uuid not null,
  state text not null check (state in ('OPEN', 'COUNTED', 'CLOSED')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  float_minor bigint not null check (float_minor >= 0),
  open_time timestamptz not null,
  count_time timestamptz,
  close_time timestamptz,
  -- As counted: [{"value": "5000", "count": 3}], in minor units.
  denominations jsonb,
  counted_minor bigint check (counted_minor >= 0),
  expected_minor bigint,
  -- What had moved by then, by kind: [{"kind": "SALE", "count": 3, "minor": "13500"}].
  totals jsonb,
  -- The last entry of the till's journal that the count has taken in; what belongs to the shift and comes later corrects
  -- the till's next one.
  journal_through bigint,
  -- What was handed over of what was counted.
  handed_over_minor bigint not null default 0,
  z_number int check (z_number > 0),
  -- Nobody hands over more than was counted, however often he clicks.
  constraint shift_within_count check (handed_over_minor between 0 and coalesce(counted_minor, 0)),
  constraint shift_counted check (
    num_nulls(count_time, denominations, counted_minor, expected_minor, totals, journal_through)
      = case state when 'OPEN' then 6 else 0 end),
  constraint shift_closed check (
    num_nulls(close_time, z_number) = case state when 'CLOSED' then 0 else 2 end),
  constraint shift_emptied check (state <> 'CLOSED' or handed_over_minor = counted_minor)
);
-- An agent works one shift at a time, and a till has one.
create unique index shift_open_of_agent on shift (tenant_id, agent_user_id) where state = 'OPEN';
create unique index shift_open_of_device on shift (tenant_id, device_id) where state = 'OPEN';
create unique index shift_z_number on shift (tenant_id, device_id, z_number) where z_number is not null;
create index shift_newest on shift (tenant_id, shift_id desc);
create index shift_of_agent on shift (tenant_id, agent_user_id, count_time);
select kit_protect('shift');
revoke delete, truncate on shift from tms_ticketing;

-- Cash that came into a till or left it and stands in no journal of a device, and what journals told too late. The subject
-- is the payment, refund or expense.
create table shift_movement (
  movement_id uuid primary key,
  tenant_id uuid not null,
  shift_id uuid not null references shift,
  kind text not null check (kind in ('SALE', 'REFUND', 'EXPENSE', 'CORRECTION')),
  currency text not null,
  -- A correction may take out what was put in, or put in what was taken out.
  amount_minor bigint not null check (amount_minor > 0 or (kind = 'CORRECTION' and amount_minor <> 0)),
  subject_id uuid not null,
  description text not null default '',
  receipt text not null default '',
  move_time timestamptz not null,
  -- Of a correction: the shift that was counted without it, and the entry of the till's journal.
  corrected_shift_id uuid references shift,
  device_id uuid,
  journal_sequence bigint,
  check (num_nulls(corrected_shift_id, device_id, journal_sequence) = case kind when 'CORRECTION' then 0 else 3 end)
);
-- A payment is in one shift, a refund is handed out at one till, an entry corrects once.
create unique index shift_movement_once on shift_movement (kind, subject_id) where kind <> 'CORRECTION';
create unique index shift_correction_once on shift_movement (device_id, journal_sequence);
create index shift_movement_of_shift on shift_movement (shift_id, move_time);
select kit_protect('shift_movement');
select kit_append_only('shift_movement');

create table shift_deposit (
  deposit_id uuid primary key,
  tenant_id uuid not null,
  shift_id uuid not null references shift,
  destination text not null check (destination in ('SAFE', 'BANK')),
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  reference text not null,
  agent_user_id uuid not null,
  hand_over_time timestamptz not null,
  received_minor bigint check (received_minor >= 0),
  confirm_user_id uuid,
  confirm_time timestamptz,
  constraint shift_deposit_two_people check (confirm_user_id <> agent_user_id),
  check (num_nulls(received_minor, confirm_user_id, confirm_time) in (0, 3))
);
create index shift_deposit_of_shift on shift_deposit (shift_id, hand_over_time);
create index shift_deposit_waiting on shift_deposit (tenant_id, shift_id) where confirm_time is null;
select kit_protect('shift_deposit');
revoke delete, truncate on shift_deposit from tms_ticketing;

-- The last Z number of each till: taken in the transaction that closes the shift, so that none is left out.
create table z_counter (
  tenant_id uuid not null,
  device_id uuid not null,
  last_number int not null,
  primary key (tenant_id, device_id)
);
select kit_protect('z_counter');

-- Z reports as they were made; `report` is a ShiftReport.
create table z_report (
  shift_id uuid primary key references shift,
  tenant_id uuid not null,
  report bytea not null,
  report_time timestamptz not null
);
select kit_protect('z_report');
select kit_append_only('z_report');

-- Transfers that a till has made true and that the payment service books: each is handed over until it is taken.
create table cash_posting (
  posting_id uuid primary key,
  tenant_id uuid not null,
  shift_id uuid not null references shift,
  debit_kind text not null,
  debit_holder text not null,
  credit_kind text not null,
  credit_holder text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  create_time timestamptz not null,
  post_time timestamptz
);
create index cash_posting_waiting on cash_posting (create_time) where post_time is null;
create index cash_posting_of_shift on cash_posting (shift_id);
select kit_protect('cash_posting');
revoke delete, truncate on cash_posting from tms_ticketing;
