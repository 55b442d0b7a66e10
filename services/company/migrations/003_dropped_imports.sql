-- A dropped import is remembered for a day, so that dropping it again is no error while dropping one that never was is.
alter table network_import add column drop_time timestamptz;
