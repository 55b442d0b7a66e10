-- What providers say, compared with what our books say. The money of all companies lies in one account with a provider:
-- these rows are the platform's, and a session of a company sees none of them.

-- One comparison: of a settlement file, or by asking the provider about each payment of a period.
create table reconciliation (
  reconciliation_id uuid primary key,
  provider text not null,
  source text not null check (source in ('FILE', 'STATUS_API')),
  -- Of files only.
  layout text,
  account text not null check (account in ('COLLECTION', 'PAYOUT', 'ALL')),
  currency text not null,
  file_name text not null,
  part_count int not null default 0,
  content_sha256 bytea,
  state text not null check (state in ('UPLOADING', 'RUNNING', 'COMPLETED', 'FAILED', 'REPEATED')),
  from_time timestamptz,
  to_time timestamptz,
  processed_count int not null default 0,
  faults jsonb not null default '[]',
  repeated_reconciliation_id uuid references reconciliation,
  start_user_id text not null,
  -- Until when the process that works on it is left alone, and which of its tries this is.
  lease_time timestamptz,
  lease_count int not null default 0,
  create_time timestamptz not null,
  complete_time timestamptz
);
-- The same file is reconciled once.
create unique index reconciliation_file_once on reconciliation (provider, content_sha256)
  where content_sha256 is not null and state in ('RUNNING', 'COMPLETED');
create index reconciliation_due on reconciliation (lease_time) where state = 'RUNNING';

-- A file as it was uploaded, kept for the auditor.
create table settlement_file_part (
  reconciliation_id uuid not null references reconciliation,
  part_number int not null,
  content bytea not null,
  primary key (reconciliation_id, part_number)
);

-- What the provider said, line by line, and what was made of it.
create table settlement_line (
  reconciliation_id uuid not null references reconciliation,
  line_number int not null,
  provider text not null,
  kind text not null check (kind in ('PAYMENT', 'REFUND', 'PAYOUT', 'FEE', 'TRANSFER')),
  incoming boolean not null,
  completed boolean not null,
  receipt text not null,
  reference text not null,
  party text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor > 0),
  complete_time timestamptz not null,
  finding text,
  -- How often the receipt stood in the file before this line.
  repetition int not null default 0,
  -- What of ours it is.
  subject_id uuid,
  subject_tenant_id uuid,
  subject_currency text,
  subject_minor bigint,
  -- Whether our books had it as done.
  subject_succeeded boolean,
  -- Not a line of a file, but the answer to our question about the subject.
  asked boolean not null default false,
  -- A fee that this line had booked.
  booked boolean not null default false,
  primary key (reconciliation_id, line_number)
);
create index settlement_line_subject on settlement_line (subject_id) where subject_id is not null;
create index settlement_line_receipt on settlement_line (provider, receipt);

-- What a reconciliation found, frozen when it was done. Money in counts up, money out counts down.
create table reconciliation_total (
  reconciliation_id uuid not null references reconciliation,
  finding text not null,
  currency text not null,
  item_count int not null,
  provider_minor bigint not null,
  our_minor bigint not null,
  primary key (reconciliation_id, finding, currency)
);

-- A difference, until it is explained.
create table reconciliation_break (
  break_id uuid primary key,
  provider text not null,
  kind text not null check (kind in
    ('MISSING_HERE', 'MISSING_THERE', 'AMOUNT_DIFFERS', 'CURRENCY_DIFFERS', 'STATUS_DIFFERS', 'DUPLICATE')),
  -- What it is about, so that the same difference in two files is one break.
  subject_key text not null,
  state text not null,
  reconciliation_id uuid not null references reconciliation,
  line_number int,
  incoming boolean not null,
  receipt text not null,
  reference text not null,
  provider_currency text,
  provider_minor bigint,
  our_currency text,
  our_minor bigint,
  -- Null when it is not known whose money it is.
  tenant_id uuid,
  subject_id uuid,
  suggested_subject_id uuid,
  occur_time timestamptz not null,
  owner_user_id uuid,
  resolution text,
  reason text not null default '',
  -- Who proposed its resolution.
  resolver text,
  entry_id uuid,
  -- What brought it to its state, and who; copied into break_change.
  cause text not null,
  actor text not null default '',
  create_time timestamptz not null,
  update_time timestamptz not null,
  constraint reconciliation_break_once unique (provider, kind, subject_key)
);
create index reconciliation_break_open on reconciliation_break (create_time, break_id)
  where state in ('OPEN', 'ASSIGNED', 'PROPOSED');
create index reconciliation_break_of on reconciliation_break (reconciliation_id);
select kit_protect('reconciliation_break');

-- Everything that happened to a break.
create table break_change (
  break_id uuid not null,
  change_id bigint generated always as identity,
  from_state text,
  to_state text not null,
  cause text not null,
  actor text not null,
  change_time timestamptz not null,
  primary key (break_id, change_id),
  -- domain/breaks.ts, once more: here nothing can pass it.
  constraint break_change_allowed check (
    case
      when from_state is null then to_state = 'OPEN'
      else (from_state, to_state) in (
        ('OPEN', 'ASSIGNED'),
        ('OPEN', 'PROPOSED'),
        ('OPEN', 'RESOLVED'),
        ('OPEN', 'CLOSED_BY_MATCH'),
        ('ASSIGNED', 'ASSIGNED'),
        ('ASSIGNED', 'PROPOSED'),
        ('ASSIGNED', 'RESOLVED'),
        ('ASSIGNED', 'CLOSED_BY_MATCH'),
        ('PROPOSED', 'ASSIGNED'),
        ('PROPOSED', 'RESOLVED'),
        ('PROPOSED', 'CLOSED_BY_MATCH'))
    end)
);
select kit_append_only('break_change');

create function remember_break() returns trigger language plpgsql as $$
  begin
    insert into break_change (break_id, from_state, to_state, cause, actor, change_time)
    values (new.break_id, case tg_op when 'UPDATE' then old.state end, new.state, new.cause, new.actor, new.update_time);
    return null;
  end $$;
create trigger reconciliation_break_born after insert on reconciliation_break
  for each row execute function remember_break();
create trigger reconciliation_break_moved after update on reconciliation_break
  for each row when (old.state is distinct from new.state or old.owner_user_id is distinct from new.owner_user_id)
  execute function remember_break();

-- Payments and refunds of a period are found by when they happened. Rows of one day lie together, so that a summary of
-- each block does, and costs a sale next to nothing.
create index payment_attempt_times on payment_attempt using brin (create_time, settle_time);
create index payment_refund_times on payment_refund using brin (create_time, settle_time);
create index payment_refund_receipt on payment_refund (provider, receipt) where receipt is not null;
