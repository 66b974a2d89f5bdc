// HoldfastRuntime
