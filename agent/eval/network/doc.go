// Package network fits convolutional networks over channels of samples.
package network
