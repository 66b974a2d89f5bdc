// HoldfastPorts
