// Package ld6002 speaks with Hi-Link's LD6002 family: breath and heart (LD6002), where people are (LD6002B), falls (LD6002C).
package ld6002

import "osmanthus/drivers/tinyframe"

// LD6002 sees breath and heart. Its firmware comes with the messages of its
// relatives, too, so that they are read where the numbers do not collide.
var LD6002 = tinyframe.Join("ld6002", tinyframe.Vital(), tinyframe.Position(), tinyframe.Fall())

// LD6002B sees where up to four people are.
var LD6002B = tinyframe.Join("ld6002b", tinyframe.Position())

// LD6002C sees falls.
var LD6002C = tinyframe.Join("ld6002c", tinyframe.Fall(), tinyframe.Position())
