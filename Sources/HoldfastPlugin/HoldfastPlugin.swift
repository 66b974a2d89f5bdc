// HoldfastPlugin
