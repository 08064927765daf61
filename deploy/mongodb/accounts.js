// The MongoDB accounts of TARA-Stat (specification, section 1.4), each with the
// least rights that its work takes. Run it with mongosh on the server itself:
//
//   mongosh mongodb://localhost/ deploy/mongodb/accounts.js
//
// The first time, before authorization is switched on in mongod.conf, that is
// all. Later it needs the account userAdmin:
//
//   mongosh -u userAdmin --authenticationDatabase admin mongodb://localhost/ deploy/mongodb/accounts.js
//
// It asks for three passwords, or takes them from the environment:
// TARASTAT_USERADMIN_PASSWORD, TARASTAT_RAKENDUS_PASSWORD and
// TARASTAT_ANDMEHALDUR_PASSWORD. It may be run again: roles are brought up to
// date and passwords are set anew.
//
// | account     | lives in | may                                                |
// | ----------- | -------- | -------------------------------------------------- |
// | userAdmin   | admin    | manage accounts, of every database; read no record |
// | rakendus    | users    | what tarastat does in logibaas, nothing else       |
// | andmehaldur | users    | look at records and remove them                    |

"use strict";

(() => {
  const base = "logibaas";
  const on = (collection, ...actions) => ({ resource: { db: base, collection }, actions });

  const roles = {
    // The audit of deletions is not to be removed, also not by the program.
    tarastatRakendus: [
      on("autentimised", "find", "insert", "update", "remove", "createIndex"),
      on("tarastat_sums", "find", "insert", "update", "createIndex"),
      on("tarastat_lanes", "find", "insert", "update"),
      on("tarastat_settings", "find", "insert", "update"),
      on("tarastat_deletions", "find", "insert", "update"),
    ],
    // Whoever is to insert records by hand as well needs "insert" here.
    tarastatAndmehaldur: [
      on("autentimised", "find", "remove", "collStats"),
      on("tarastat_deletions", "find"),
      on("", "listCollections"),
    ],
  };

  const users = [
    { name: "userAdmin", home: "admin", roles: [{ role: "userAdminAnyDatabase", db: "admin" }] },
    { name: "rakendus", home: "users", roles: [{ role: "tarastatRakendus", db: base }] },
    { name: "andmehaldur", home: "users", roles: [{ role: "tarastatAndmehaldur", db: base }] },
  ];

  const password = (name) => {
    const given = process.env[`TARASTAT_${name.toUpperCase()}_PASSWORD`];
    if (given) {
      return given;
    }
    print(`Password for ${name}:`);
    return passwordPrompt();
  };

  for (const [role, privileges] of Object.entries(roles)) {
    const at = db.getSiblingDB(base);
    if (at.getRole(role)) {
      at.updateRole(role, { privileges, roles: [] });
    } else {
      at.createRole({ role, privileges, roles: [] });
    }
    print(`role ${role} in ${base}`);
  }

  for (const { name, home, roles } of users) {
    const at = db.getSiblingDB(home);
    if (at.getUser(name)) {
      at.updateUser(name, { pwd: password(name), roles });
    } else {
      at.createUser({ user: name, pwd: password(name), roles });
    }
    print(`account ${name} in ${home}`);
  }
})();
