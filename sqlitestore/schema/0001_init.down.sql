-- The tables of records are dropped by the program, since their names vary.
DROP TABLE spans;
DROP TABLE sums;
DROP TABLE kinds;
DROP TABLE meta;
