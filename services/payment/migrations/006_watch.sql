-- What has had no outcome for too long, told once.
create table long_unknown (
  subject_id uuid primary key,
  entity text not null,
  tenant_id uuid not null,
  tell_time timestamptz not null
);
select kit_protect('long_unknown');

-- Raw callbacks are evidence, not for ever: still never changed, and deleted only once they are old, whatever asks.
drop trigger kit_append_only on callback;
create function refuse_callback_change() returns trigger language plpgsql as $$
  begin
    if tg_op = 'DELETE' and old.receive_time < now() - interval '90 days' then
      return old;
    end if;
    raise exception 'callback is append-only, and kept for 90 days' using errcode = 'restrict_violation';
  end $$;
create trigger callback_kept before update or delete on callback
  for each row execute function refuse_callback_change();
create trigger callback_not_emptied before truncate on callback
  for each statement execute function kit_refuse_change();
do $$ begin execute format('grant delete on callback to %I', 'tms_' || current_schema()); end $$;
create index callback_oldest on callback (receive_time);
