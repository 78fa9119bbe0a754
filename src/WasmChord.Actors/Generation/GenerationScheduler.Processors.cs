using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <content>Logits processors: compiled and started on a guest's thread, before their request waits for its turn.</content>
internal sealed partial class GenerationScheduler
{
    private void StartProcessor(GenerationRequest request, LogitsProcessorModule wanted)
    {
        WasmChordExtension extension = WasmChordExtension.Get(Context.System);
        GuestSettings settings = extension.Settings.Guests;
        GuestLimits limits = wanted.Limits ?? settings.Limits;
        TimeSpan perToken = wanted.TimePerToken ?? settings.ProcessorTime;
        int vocabulary = Runtime.Model.Config.VocabularySize;
        IoTask<GuestLogitsProcessor>.Run(Context.System.Dispatchers.Lookup(WasmChordSettings.GuestDispatcherPath), () =>
            {
                GuestEngine engine = extension.Guests.For(limits.Validated());
                return GuestLogitsProcessor.Start(engine, engine.CompileFile(wanted.Module.Span, limits), limits, perToken, vocabulary);
            })
            .PipeTo(Self, success: started => new ProcessorStarted(request, started, null), failure: e => new ProcessorStarted(request, null, e));
    }

    private void OnProcessorStarted(ProcessorStarted m)
    {
        if (!_requests.TryGetValue(m.Request.Id, out GenerationRequest? request) || request != m.Request)
        {
            m.Processor?.Dispose();
            return;
        }

        if (m.Processor is null)
        {
            Refuse(request, m.Failure is ArgumentException ? GenerationRefusal.InvalidOption : GenerationRefusal.BadLogitsProcessor, m.Failure!.Message);
        }
        else
        {
            request.Processor = m.Processor;
            Prepare(request);
        }

        Advance();
    }

    private sealed record ProcessorStarted(GenerationRequest Request, GuestLogitsProcessor? Processor, Exception? Failure) : INoSerializationVerificationNeeded;
}
