using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <content>
/// Logits processors: compiled and started, before their request waits for its turn, on threads that guests can't take,
/// and compiled before guests.
/// </content>
internal sealed partial class GenerationScheduler
{
    private void StartProcessor(GenerationRequest request, LogitsProcessorModule wanted)
    {
        WasmChordExtension extension = WasmChordExtension.Get(Context.System);
        GuestSettings settings = extension.Settings.Guests;
        if (_processors.TryTake() is not { } place)
        {
            Refuse(request, GenerationRefusal.TooManyProcessors, $"{settings.MaxProcessors} logits processors run or start, as many as may");
            return;
        }

        request.Processor = place;
        GuestLimits limits = wanted.Limits ?? settings.Limits;
        TimeSpan perToken = wanted.TimePerToken ?? settings.ProcessorTime;
        int vocabulary = Runtime.Model.Config.VocabularySize;
        IoTask<bool>.Run(Context.System.Dispatchers.Lookup(WasmChordSettings.ProcessorDispatcherPath), () => place.Start(() =>
            {
                GuestEngine engine = extension.Guests.For(limits.Validated());
                using GuestModule module = engine.CompileFile(wanted.Module.Span, limits, goesFirst: true);
                return GuestLogitsProcessor.Start(engine, module, limits, perToken, vocabulary);
            }))
            .PipeTo(Self, success: _ => new ProcessorStarted(request, null), failure: e => new ProcessorStarted(request, e));
    }

    // A request that has ended meanwhile gave its place up, and with it the processor.
    private void OnProcessorStarted(ProcessorStarted m)
    {
        if (!_requests.TryGetValue(m.Request.Id, out GenerationRequest? request) || request != m.Request) return;
        if (m.Failure is { } failure)
            Refuse(request, failure is ArgumentException ? GenerationRefusal.InvalidOption : GenerationRefusal.BadLogitsProcessor, failure.Message);
        else
            Prepare(request);

        Advance();
    }

    private sealed record ProcessorStarted(GenerationRequest Request, Exception? Failure) : INoSerializationVerificationNeeded;
}
