/* All that is stable. */
#ifndef HOLDFAST_HOLDFAST_H
#define HOLDFAST_HOLDFAST_H

#include <holdfast/base.h>
#include <holdfast/event.h>
#include <holdfast/host.h>
#include <holdfast/note.h>
#include <holdfast/plugin.h>

#include <holdfast/ext/activity.h>
#include <holdfast/ext/channel.h>
#include <holdfast/ext/memory.h>
#include <holdfast/ext/model.h>
#include <holdfast/ext/model_tools.h>
#include <holdfast/ext/tools.h>

#endif
