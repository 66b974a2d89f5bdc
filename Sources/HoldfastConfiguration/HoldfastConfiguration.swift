// HoldfastConfiguration
