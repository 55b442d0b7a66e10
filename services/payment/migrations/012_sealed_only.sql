--! breaking
-- Older code knows no seals: it would ask a sealed number for money, and write a receipt down as it came, beside the same
-- one sealed. Once a key is named nothing but what it sealed is taken.
create or replace function refuse_other_key() returns trigger language plpgsql as $$
  declare
    sealing_key text := (select key_id from column_key);
    field text;
    value text;
  begin
    if sealing_key is null then return new; end if;
    foreach field in array tg_argv loop
      value := to_jsonb(new) ->> field;
      if value <> '' and not starts_with(value, 's1.' || sealing_key || '.') then
        raise exception '%.% is not sealed under the key %', tg_table_name, field, sealing_key
          using errcode = 'check_violation', constraint = 'column_key_current';
      end if;
    end loop;
    return new;
  end $$;
