-- Rows of the journal are numbered in the order in which they were written. A transaction has its number before its rows
-- have theirs (CASE asks first), so that rows up to a number are complete once the transactions of that time are over.
create sequence journal_order;
alter table journal_transfer
  add column post_order bigint not null
    default (case when pg_current_xact_id() is not null then nextval('journal_order') end);
create unique index journal_transfer_order on journal_transfer (post_order);
create index journal_transfer_debit on journal_transfer (debit_kind, debit_holder, currency, post_order);
create index journal_transfer_credit on journal_transfer (credit_kind, credit_holder, currency, post_order);

-- What each account gained on each day (UTC), over the entries of each company: made from the journal by a job, never by
-- a sale. A balance is the sum of these days and of the few rows that no fold has reached.
create table account_day (
  kind text not null,
  holder text not null,
  currency text not null,
  tenant_id uuid,
  day date not null,
  debit_minor numeric not null,
  credit_minor numeric not null,
  -- Where the rows of the day begin and end in the journal.
  first_order bigint not null,
  last_order bigint not null,
  unique nulls not distinct (kind, holder, currency, tenant_id, day)
);
create index account_day_tenant on account_day (tenant_id, day);
create index account_day_day on account_day (day);
select kit_protect('account_day');

-- How far the fold has come, and up to where it may come next: once no transaction older than candidate_xact runs.
create table ledger_fold (
  only_row boolean primary key default true check (only_row),
  through_order bigint not null default 0,
  candidate_order bigint not null default 0,
  candidate_xact xid8 not null default '0'
);
insert into ledger_fold default values;

-- The company that an account is of; null for accounts of the platform, of providers, agents and drivers.
create function ledger_tenant(kind text, holder text) returns uuid
  language sql immutable parallel safe as $$
    select case
      when kind in ('CASH', 'TENANT_PAYABLE', 'REFUNDS_PENDING', 'SUSPENSE', 'PAYOUTS_PENDING')
        and holder ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      then holder::uuid
    end
  $$;

-- What is booked on a company's own account stands in that company's journal.
alter table journal_transfer add constraint journal_transfer_of_company check (
  coalesce(ledger_tenant(debit_kind, debit_holder) = tenant_id, ledger_tenant(debit_kind, debit_holder) is null)
  and coalesce(ledger_tenant(credit_kind, credit_holder) = tenant_id, ledger_tenant(credit_kind, credit_holder) is null));

-- The accounts. One that has limits is locked while its balance is judged; the others are never locked, whatever is sold.
create table ledger_account (
  kind text not null check (is_account_kind(kind)),
  holder text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  tenant_id uuid,
  -- On which side it grows.
  side text not null generated always as (
    case when kind in ('PROVIDER_CLEARING', 'CASH', 'PROVIDER_FEES', 'BANK', 'COMMISSION_EXPENSE',
                       'RECONCILIATION_DIFFERENCE') then 'DEBIT' else 'CREDIT' end) stored,
  -- What its balance, less what is pending, may not go below or above.
  min_balance_minor bigint,
  max_balance_minor bigint,
  open_time timestamptz not null default now(),
  primary key (kind, holder, currency),
  check (min_balance_minor <= max_balance_minor),
  constraint ledger_account_limitable check (
    case when kind = 'TENANT_PAYABLE' then max_balance_minor is null
         when kind in ('AGENT_FLOAT', 'DRIVER_WALLET') then true
         else min_balance_minor is null and max_balance_minor is null end)
);
create index ledger_account_tenant on ledger_account (tenant_id);
select kit_protect('ledger_account');

-- Money that is promised and not moved: it counts against the limits until it is posted, voided, or its time is over.
create table pending_transfer (
  pending_transfer_id uuid primary key,
  tenant_id uuid,
  debit_kind text not null check (is_account_kind(debit_kind)),
  debit_holder text not null,
  credit_kind text not null check (is_account_kind(credit_kind)),
  credit_holder text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor > 0),
  -- What was posted of it; the rest is free again.
  posted_minor bigint not null default 0 check (posted_minor between 0 and amount_minor),
  state text not null default 'PENDING' check (state in ('PENDING', 'POSTED', 'VOIDED', 'EXPIRED')),
  expire_time timestamptz not null,
  create_time timestamptz not null,
  end_time timestamptz,
  check ((debit_kind, debit_holder) <> (credit_kind, credit_holder)),
  check ((state = 'POSTED') = (posted_minor > 0)),
  check ((state = 'PENDING') = (end_time is null))
);
create index pending_transfer_due on pending_transfer (expire_time) where state = 'PENDING';
create index pending_transfer_debit on pending_transfer (debit_kind, debit_holder, currency) where state = 'PENDING';
create index pending_transfer_credit on pending_transfer (credit_kind, credit_holder, currency) where state = 'PENDING';
select kit_protect('pending_transfer');
revoke delete, truncate on pending_transfer from tms_payment;

create function keep_pending_transfer() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' and old.state = 'PENDING'
       and (to_jsonb(new) - '{state,posted_minor,end_time}'::text[]) = (to_jsonb(old) - '{state,posted_minor,end_time}'::text[])
    then
      return new;
    end if;
    raise exception 'a pending transfer ends once, and is never changed otherwise'
      using errcode = 'check_violation', constraint = 'pending_transfer_ends_once';
  end $$;
create trigger pending_transfer_kept before update or delete on pending_transfer
  for each row execute function keep_pending_transfer();

-- Credits less debits of one account.
create function ledger_balance(of_kind text, of_holder text, of_currency text) returns numeric
  language sql stable as $$
    select
      coalesce((select sum(credit_minor - debit_minor) from account_day
        where kind = of_kind and holder = of_holder and currency = of_currency), 0)
      + coalesce((select sum(amount_minor) from journal_transfer
        where credit_kind = of_kind and credit_holder = of_holder and currency = of_currency
          and post_order > (select through_order from ledger_fold)), 0)
      - coalesce((select sum(amount_minor) from journal_transfer
        where debit_kind = of_kind and debit_holder = of_holder and currency = of_currency
          and post_order > (select through_order from ledger_fold)), 0)
  $$;

-- Refuses what has just been written when it takes an account out of its limits. Whoever writes to the account waits for
-- its row, and then sees what the one before has committed: each statement in here has a snapshot of its own.
create function keep_within_limits(of_kind text, of_holder text, of_currency text) returns void
  language plpgsql volatile as $$
  declare
    scope text := coalesce(current_setting('app.scope', true), '');
    account ledger_account;
    balance numeric;
    leaving numeric;
    arriving numeric;
  begin
    -- The balance is over everybody's entries, whoever asks.
    perform set_config('app.scope', 'system', true);
    select * into account from ledger_account
      where kind = of_kind and holder = of_holder and currency = of_currency for update;
    if not found then
      insert into ledger_account (kind, holder, currency, tenant_id, min_balance_minor)
        values (of_kind, of_holder, of_currency, ledger_tenant(of_kind, of_holder), 0) on conflict do nothing;
      select * into strict account from ledger_account
        where kind = of_kind and holder = of_holder and currency = of_currency for update;
    end if;
    balance := ledger_balance(of_kind, of_holder, of_currency);
    select coalesce(sum(amount_minor), 0) into leaving from pending_transfer
      where state = 'PENDING' and debit_kind = of_kind and debit_holder = of_holder and currency = of_currency;
    select coalesce(sum(amount_minor), 0) into arriving from pending_transfer
      where state = 'PENDING' and credit_kind = of_kind and credit_holder = of_holder and currency = of_currency;
    perform set_config('app.scope', scope, true);
    if balance - leaving < account.min_balance_minor or balance + arriving > account.max_balance_minor then
      raise exception '% of % would leave its limits', of_kind, of_holder
        using errcode = 'check_violation', constraint = 'ledger_account_limits';
    end if;
  end $$;

create function judge_debit() returns trigger language plpgsql as $$
  begin
    perform keep_within_limits(new.debit_kind, new.debit_holder, new.currency);
    return null;
  end $$;
create function judge_credit() returns trigger language plpgsql as $$
  begin
    perform keep_within_limits(new.credit_kind, new.credit_holder, new.currency);
    return null;
  end $$;

-- A sale is never judged, nor what a provider has done already: that money has moved, and the books must say so.
create trigger journal_transfer_debit_judged after insert on journal_transfer for each row
  when (new.debit_kind in ('AGENT_FLOAT', 'DRIVER_WALLET')
    or (new.debit_kind = 'TENANT_PAYABLE' and new.kind in ('PAYOUT_PROMISED', 'TRANSFER')))
  execute function judge_debit();
create trigger journal_transfer_credit_judged after insert on journal_transfer for each row
  when (new.credit_kind in ('AGENT_FLOAT', 'DRIVER_WALLET') and new.kind in ('TRANSFER', 'ADJUSTMENT'))
  execute function judge_credit();
create trigger pending_transfer_debit_judged after insert on pending_transfer for each row
  when (new.debit_kind in ('AGENT_FLOAT', 'DRIVER_WALLET', 'TENANT_PAYABLE')) execute function judge_debit();
create trigger pending_transfer_credit_judged after insert on pending_transfer for each row
  when (new.credit_kind in ('AGENT_FLOAT', 'DRIVER_WALLET')) execute function judge_credit();

-- What platform staff ask to have booked: a transfer, or an entry taken back. Large ones wait for a second person.
create table ledger_adjustment (
  adjustment_id uuid primary key,
  tenant_id uuid,
  debit_kind text check (is_account_kind(debit_kind)),
  debit_holder text,
  credit_kind text check (is_account_kind(credit_kind)),
  credit_holder text,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor > 0),
  -- The entry to be taken back; then there are no accounts, and the amount is that entry's largest transfer.
  reverses_entry_id uuid,
  reason text not null,
  state text not null check (state in ('PROPOSED', 'POSTED', 'REJECTED')),
  needs_checker boolean not null,
  maker_user_id uuid not null,
  checker_user_id uuid,
  create_time timestamptz not null,
  decide_time timestamptz,
  constraint ledger_adjustment_two_people check (checker_user_id <> maker_user_id),
  constraint ledger_adjustment_checked check (
    state = 'PROPOSED' or not needs_checker or checker_user_id is not null),
  check ((state = 'PROPOSED') = (decide_time is null)),
  check (num_nulls(debit_kind, debit_holder, credit_kind, credit_holder) in (0, 4)),
  check ((debit_kind is null) = (reverses_entry_id is not null)),
  check ((debit_kind, debit_holder) <> (credit_kind, credit_holder))
);
-- An entry is taken back once.
create unique index ledger_adjustment_reverses_once on ledger_adjustment (reverses_entry_id) where state <> 'REJECTED';
create index ledger_adjustment_newest on ledger_adjustment (adjustment_id desc);
select kit_protect('ledger_adjustment');
revoke delete, truncate on ledger_adjustment from tms_payment;

create function keep_adjustment() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' and old.state = 'PROPOSED'
       and (to_jsonb(new) - '{state,checker_user_id,decide_time}'::text[])
         = (to_jsonb(old) - '{state,checker_user_id,decide_time}'::text[])
    then
      return new;
    end if;
    raise exception 'an adjustment is decided once, and is never changed otherwise'
      using errcode = 'check_violation', constraint = 'ledger_adjustment_decided_once';
  end $$;
create trigger ledger_adjustment_kept before update or delete on ledger_adjustment
  for each row execute function keep_adjustment();

-- What is taken from a payment and for whom. For one payee and one scope there is one rule at a time.
create table fee_rule (
  fee_rule_id uuid primary key,
  payee_kind text not null check (payee_kind in ('PLATFORM', 'TAX', 'AGENT', 'DRIVER')),
  -- `platform`, the authority, or the id of the agent or driver.
  payee text not null,
  -- Null for every company; null for every provider.
  -- unprotected: the platform's terms, read for every sale whoever makes it, and shown to platform staff alone
  tenant_id uuid,
  provider text,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  basis_points int not null check (basis_points between 0 and 10000),
  fixed_minor bigint not null check (fixed_minor >= 0),
  min_minor bigint not null check (min_minor >= 0),
  max_minor bigint check (max_minor >= min_minor),
  borne_by text not null check (borne_by in ('COMPANY', 'PLATFORM')),
  valid_from timestamptz not null,
  valid_until timestamptz,
  maker_user_id uuid not null,
  create_time timestamptz not null,
  check (valid_until >= valid_from),
  -- The platform does not pay itself, nor tax on what is the company's.
  check (borne_by = 'COMPANY' or payee_kind in ('AGENT', 'DRIVER')),
  check ((payee_kind = 'PLATFORM') = (payee = 'platform')),
  constraint fee_rule_no_overlap exclude using gist (
    payee_kind with =, payee with =, currency with =,
    (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000')) with =, (coalesce(provider, '')) with =,
    tstzrange(valid_from, valid_until) with &&)
);
revoke delete, truncate on fee_rule from tms_payment;

create function keep_fee_rule() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' and new.valid_until < coalesce(old.valid_until, 'infinity')
       and (to_jsonb(new) - 'valid_until') = (to_jsonb(old) - 'valid_until')
    then
      return new;
    end if;
    raise exception 'a fee rule may end sooner, and is never changed otherwise'
      using errcode = 'check_violation', constraint = 'fee_rule_only_ends';
  end $$;
create trigger fee_rule_kept before update or delete on fee_rule
  for each row execute function keep_fee_rule();
