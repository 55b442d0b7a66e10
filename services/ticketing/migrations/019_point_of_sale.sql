-- Counters: devices with keys of their own, seats that are lent to them, and the journal of what they did.

create table pos_device (
  device_id uuid primary key,
  tenant_id uuid not null,
  name text not null,
  station_stop_id uuid not null,
  station_name text not null,
  -- Who may sell with it; empty for every agent who may sell at the station.
  agent_user_ids uuid[] not null,
  state text not null check (state in ('INVITED', 'ACTIVE', 'REVOKED')),
  -- Ed25519; the private half never leaves the device.
  public_key bytea check (length(public_key) = 32),
  -- SHA-256 of the enrolment code, which counts once; kept after that, so that a repeat is known.
  enrolment_hash bytea not null,
  enrolment_expire_time timestamptz not null,
  -- Where its journal stands here. The row is locked while entries are taken over: one batch after the other.
  journal_sequence bigint not null default 0,
  journal_hash bytea,
  journal_time timestamptz,
  -- The open quarantine that further entries join.
  quarantine_id uuid,
  create_time timestamptz not null,
  enrol_time timestamptz,
  revoke_time timestamptz,
  revoke_reason text not null default '',
  sync_time timestamptz,
  check ((public_key is null) = (enrol_time is null)),
  check ((state = 'REVOKED') = (revoke_time is not null)),
  check (state <> 'ACTIVE' or enrol_time is not null)
);
create unique index pos_device_enrolment on pos_device (enrolment_hash);
create index pos_device_newest on pos_device (tenant_id, device_id desc);
select kit_protect('pos_device');

create table seat_lease (
  lease_id uuid primary key,
  tenant_id uuid not null,
  device_id uuid not null references pos_device,
  trip_id uuid not null references trip,
  from_sequence int not null,
  to_sequence int not null check (to_sequence > from_sequence),
  state text not null check (state in ('ACTIVE', 'RETURNED', 'EXPIRED', 'REVOKED')),
  create_time timestamptz not null,
  expire_time timestamptz not null,
  grace_end_time timestamptz not null check (grace_end_time >= expire_time),
  end_time timestamptz,
  check ((state = 'ACTIVE') = (end_time is null))
);
create index seat_lease_of_device on seat_lease (device_id, lease_id) where state = 'ACTIVE';
create index seat_lease_on_trip on seat_lease (trip_id) where state = 'ACTIVE';
create index seat_lease_to_expire on seat_lease (grace_end_time) where state = 'ACTIVE';
select kit_protect('seat_lease');

-- A seat of a lease, with the tickets that are signed for it: one for each stop where its passenger may get off.
create table seat_lease_seat (
  lease_id uuid not null references seat_lease,
  seat_label text not null,
  tenant_id uuid not null,
  seat_class text not null check (seat_class in ('STANDARD', 'VIP')),
  -- A letter longer than the codes of bookings made online, so that the two never meet.
  booking_code text not null constraint seat_lease_seat_code_key unique check (length(booking_code) = 9),
  currency text not null,
  -- [{"ticket_id", "to_sequence", "price_minor", "code"}]
  tickets jsonb not null,
  primary key (lease_id, seat_label)
);
select kit_protect('seat_lease_seat');

-- A lease claims its seats as a hold does: the same constraint keeps everybody else from them, and what is held beyond its
-- time is for the taking.
alter table seat_claim
  alter column booking_id drop not null,
  add column lease_id uuid references seat_lease,
  add constraint seat_claim_of_somebody check (booking_id is not null or lease_id is not null);
create index seat_claim_of_lease on seat_claim (lease_id, seat_label) where booking_id is null and release_time is null;

-- What devices did, as they signed it. Rows are written once.
create table pos_entry (
  device_id uuid not null references pos_device,
  sequence bigint not null check (sequence > 0),
  tenant_id uuid not null,
  kind text not null check (
    kind in ('SALE', 'VOID', 'REFUND', 'EXPENSE', 'SHIFT_OPEN', 'SHIFT_CLOSE', 'CASH_DROP')),
  shift_id uuid not null,
  agent_user_id uuid not null,
  device_time timestamptz not null,
  receive_time timestamptz not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- What it puts into the drawer; less than zero when it takes out.
  cash_minor bigint not null,
  -- The sale that it makes or takes back.
  sale_id uuid,
  outcome text not null check (
    outcome in ('RECORDED', 'SOLD', 'ACCEPTED_LATE', 'RESEATED', 'REFUND_QUEUED', 'REFUSED')),
  seat_label text not null default '',
  booking_code text not null default '',
  new_ticket_code text not null default '',
  reason text not null default '',
  body bytea not null,
  signature bytea not null,
  hash bytea not null,
  primary key (device_id, sequence),
  check ((kind in ('SALE', 'VOID', 'REFUND')) = (sale_id is not null))
);
create unique index pos_entry_sale on pos_entry (sale_id) where kind = 'SALE';
-- Money of a sale leaves a drawer once.
create unique index pos_entry_paid_back on pos_entry (sale_id) where kind in ('VOID', 'REFUND') and outcome = 'RECORDED';
create index pos_entry_of_shift on pos_entry (shift_id, device_id, sequence);
select kit_protect('pos_entry');
select kit_append_only('pos_entry');

-- Entries of one batch whose money the books do not have yet.
create table pos_posting (
  posting_id uuid primary key,
  tenant_id uuid not null,
  device_id uuid not null,
  first_sequence bigint not null,
  last_sequence bigint not null check (last_sequence >= first_sequence),
  create_time timestamptz not null,
  post_time timestamptz
);
create index pos_posting_waiting on pos_posting (create_time) where post_time is null;
select kit_protect('pos_posting');

create table pos_quarantine (
  quarantine_id uuid primary key,
  tenant_id uuid not null,
  device_id uuid not null references pos_device,
  reasons text[] not null,
  detail text not null,
  state text not null check (state in ('OPEN', 'RELEASED', 'REJECTED')),
  create_time timestamptz not null,
  decide_time timestamptz,
  decider_user_id uuid,
  note text not null default '',
  check ((state = 'OPEN') = (decide_time is null))
);
create unique index pos_quarantine_open on pos_quarantine (device_id) where state = 'OPEN';
create index pos_quarantine_newest on pos_quarantine (tenant_id, quarantine_id desc);
select kit_protect('pos_quarantine');

create table pos_quarantine_entry (
  quarantine_id uuid not null references pos_quarantine,
  position int not null,
  tenant_id uuid not null,
  hash bytea not null,
  body bytea not null,
  signature bytea not null,
  signature_good boolean not null,
  receive_time timestamptz not null,
  -- Of the decision; an EntryResult.
  result bytea,
  primary key (quarantine_id, position),
  -- What is sent twice is kept once.
  constraint pos_quarantine_entry_once unique (quarantine_id, hash, signature)
);
select kit_protect('pos_quarantine_entry');
