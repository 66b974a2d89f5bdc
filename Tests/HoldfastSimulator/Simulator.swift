// sim
