-- What a counter has sold without a network is paid when it is written down: its history begins with its last step.
create or replace function remember_intent_state() returns trigger language plpgsql as $$
  begin
    insert into state_change (entity, entity_id, tenant_id, payer_user_id, from_state, to_state, cause, change_time)
    values ('INTENT', new.payment_intent_id, new.tenant_id, new.payer_user_id,
            case when tg_op = 'UPDATE' then old.state when new.state = 'SUCCEEDED' then 'REQUIRES_PAYMENT' end,
            new.state, new.cause, new.update_time);
    return null;
  end $$;

create or replace function remember_attempt_state() returns trigger language plpgsql as $$
  begin
    insert into state_change (entity, entity_id, tenant_id, payer_user_id, from_state, to_state, cause, change_time)
    values ('ATTEMPT', new.attempt_id, new.tenant_id, new.payer_user_id,
            case when tg_op = 'UPDATE' then old.state when new.state = 'SUCCEEDED' then 'CREATED' end,
            new.state, new.cause, new.update_time);
    return null;
  end $$;
