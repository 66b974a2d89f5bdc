/* libedit's readline interface. */
#pragma once
#include <stdio.h>
#include <editline/readline.h>
