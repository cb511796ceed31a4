// Package mr60fda2 speaks with the Seeed MR60FDA2 module: falls.
package mr60fda2

import "osmanthus/drivers/tinyframe"

// Model is what its type numbers mean.
var Model = tinyframe.Join("mr60fda2", tinyframe.Fall())
