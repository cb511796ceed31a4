// Package login checks names and passwords and keeps sessions.
//
// Passwords are kept as argon2id in the PHC string form, tokens as their
// SHA-256. A name that does not exist costs as much time as a wrong password,
// and guessing is slowed down for each name and address.
package login
