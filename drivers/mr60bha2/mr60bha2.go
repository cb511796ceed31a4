// Package mr60bha2 speaks with the Seeed MR60BHA2 module: breath, heart and distance of one person.
package mr60bha2

import "osmanthus/drivers/tinyframe"

// Model is what its type numbers mean.
var Model = tinyframe.Join("mr60bha2", tinyframe.Vital())
