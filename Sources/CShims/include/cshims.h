#pragma once
#include "crash.h"
#include "doorbell.h"
#include "signals.h"
#include "sockets.h"
#include "thread_name.h"
#include "journal_thread.h"
