-- Numbers of people, receipts and references of providers, and what providers post are sealed by the service before they
-- come here (crypto/seal.ts). A receipt is always sealed alike, so that it still is unique; under two keys it would be
-- two receipts. So the key that seals is noted, and nothing sealed under another is taken.
create table column_key (
  one boolean primary key default true check (one),
  key_id text not null check (key_id ~ '^[0-9a-f]{8}$')
);

-- What a line calls the request, sealed as the requests' own references are.
alter table settlement_line add column request_reference text;

create function refuse_other_key() returns trigger language plpgsql as $$
  declare
    sealing_key text := (select key_id from column_key);
    field text;
    value text;
  begin
    foreach field in array tg_argv loop
      value := to_jsonb(new) ->> field;
      if starts_with(value, 's1.') and split_part(value, '.', 2) is distinct from sealing_key then
        raise exception '%.% is sealed under another key than %', tg_table_name, field, sealing_key
          using errcode = 'check_violation', constraint = 'column_key_current';
      end if;
    end loop;
    return new;
  end $$;

create trigger sealed_by_current_key before insert or update of receipt, claimed_receipt, request_reference
  on payment_attempt for each row
  when (new.receipt is not null or new.claimed_receipt is not null or new.request_reference is not null)
  execute function refuse_other_key('receipt', 'claimed_receipt', 'request_reference');
create trigger sealed_by_current_key before insert or update of receipt, paid_receipt, request_reference
  on payment_refund for each row
  when (new.receipt is not null or new.paid_receipt is not null or new.request_reference is not null)
  execute function refuse_other_key('receipt', 'paid_receipt', 'request_reference');
create trigger sealed_by_current_key before insert or update of receipt, request_reference
  on payout for each row
  when (new.receipt is not null or new.request_reference is not null)
  execute function refuse_other_key('receipt', 'request_reference');
create trigger sealed_by_current_key before insert or update of receipt, request_reference
  on settlement_line for each row execute function refuse_other_key('receipt', 'request_reference');
create trigger sealed_by_current_key before insert or update of receipt
  on reconciliation_break for each row execute function refuse_other_key('receipt');
