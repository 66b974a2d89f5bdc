// HoldfastCore
