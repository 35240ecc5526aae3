# kith_fuzz(NAME SOURCES a_fuzz.cc ... DEPS target ... SEEDS folder)
