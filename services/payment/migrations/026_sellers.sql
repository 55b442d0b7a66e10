-- Who has sold what is to be paid: the agent earns the commission whichever way it is paid. Null when payers serve themselves.
alter table payment_intent add column seller_user_id uuid;
alter table payment_attempt add column seller_user_id uuid;
create index payment_intent_of_seller on payment_intent (tenant_id, seller_user_id, succeed_time)
  where seller_user_id is not null;

-- What leaves an account is judged by the least that must stay, what arrives by the most that it may hold: an agent whose
-- account stands below nothing may pay in a part of what is owed.
create function keep_within_limits(of_kind text, of_holder text, of_currency text, rising boolean) returns void
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
    if (rising and balance + arriving > account.max_balance_minor)
       or (not rising and balance - leaving < account.min_balance_minor) then
      raise exception '% of % would leave its limits', of_kind, of_holder
        using errcode = 'check_violation', constraint = 'ledger_account_limits';
    end if;
  end $$;

create or replace function judge_debit() returns trigger language plpgsql as $$
  begin
    perform keep_within_limits(new.debit_kind, new.debit_holder, new.currency, false);
    return null;
  end $$;
create or replace function judge_credit() returns trigger language plpgsql as $$
  begin
    perform keep_within_limits(new.credit_kind, new.credit_holder, new.currency, true);
    return null;
  end $$;
drop function keep_within_limits(text, text, text);

-- Commission goes back with a refund whatever that does to the balance: who was paid before owes it.
drop trigger journal_transfer_debit_judged on journal_transfer;
create trigger journal_transfer_debit_judged after insert on journal_transfer for each row
  when ((new.debit_kind in ('AGENT_FLOAT', 'DRIVER_WALLET') and new.kind <> 'REFUND_PROMISED')
    or (new.debit_kind = 'TENANT_PAYABLE' and new.kind in ('PAYOUT_PROMISED', 'TRANSFER')))
  execute function judge_debit();
