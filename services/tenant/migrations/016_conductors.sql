-- Companies have conductors, who ride along.
alter table member drop constraint member_role_check;
alter table member add constraint member_role_check check (role in ('manager', 'agent', 'conductor', 'driver'));
alter table invitation drop constraint invitation_role_check;
alter table invitation add constraint invitation_role_check check (role in ('manager', 'agent', 'conductor', 'driver'));
