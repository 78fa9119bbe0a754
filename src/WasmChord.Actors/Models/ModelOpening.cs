using Akka.Dispatch;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>Opens what a model needs, step by step; what fails is undone and named.</summary>
internal static class ModelOpening
{
    /// <summary>Opens files, lays the image out, and prepares loading. Blocks only on <paramref name="io"/>.</summary>
    /// <exception cref="ModelRefusedException">Why not.</exception>
    public static async Task<ModelServices> OpenAsync(string path, ModelOptions options, ModelSettings settings, ModelMemory memory, MessageDispatcher io)
    {
        GgufModel model = await OpenModelAsync(path).ConfigureAwait(false);
        try
        {
            if (model.Manifest.Layers.Count == 0 || !model.HasTensorData)
                throw new ModelRefusedException(ModelRefusal.NothingToServe,
                    $"{path} has {model.Tensors.Count} tensors, {model.Manifest.Layers.Count} layers and {(model.HasTensorData ? "" : "no ")}tensor data: nothing to serve");
            string? sidecars = DirectoryOf(settings.Sidecar);
            IReadOnlyList<(long, ulong)> headers = sidecars is null ? [] : await HashHeadersAsync(model).ConfigureAwait(false);
            return await IoTask<ModelServices>.Run(io, () => Prepare(path, model, sidecars, headers, options, settings, memory)).ConfigureAwait(false);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static async Task<GgufModel> OpenModelAsync(string path)
    {
        try
        {
            return await GgufModel.OpenAsync(path).ConfigureAwait(false);
        }
        catch (GgufFormatException e)
        {
            throw new ModelRefusedException(ModelRefusal.BadFormat, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ModelRefusedException(ModelRefusal.CannotRead, e.Message, e);
        }
    }

    private static async Task<IReadOnlyList<(long, ulong)>> HashHeadersAsync(GgufModel model)
    {
        try
        {
            return await SidecarFinding.HashHeadersAsync(model).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new ModelRefusedException(ModelRefusal.CannotRead, e.Message, e);
        }
    }

    private static ModelServices Prepare(
        string path, GgufModel model, string? sidecars, IReadOnlyList<(long, ulong)> headers, ModelOptions options, ModelSettings settings, ModelMemory memory)
    {
        List<IStorage> files = [];
        try
        {
            SidecarFinding? found = sidecars is null ? null
                : SidecarFinding.Read(new SidecarStore(sidecars), model, headers, settings.Sidecar, TimeProvider.System.GetUtcNow());
            List<string> decisions = [];
            List<StorageMeasure?> measures = [];
            foreach (GgufFile file in model.Files)
            {
                string decision = "as the options open it";
                StorageMeasure? measure = null;
                files.Add(options.OpenStorage?.Invoke(file.Name, settings.Storage.Options)
                    ?? Storage.Open(file.Name, settings.Storage.Options, found?.Remembered(files.Count), out decision, out measure));
                decisions.Add($"{file.Name}: {decision}");
                measures.Add(measure);
            }

            ImageLayout layout = ImageLayout.Create(model.Tensors, model.Manifest.Layers, settings.Image);
            IReadOnlyList<SidecarFile>? states = found?.Confirm(files, measures);
            string? sidecarPath = found?.Store.PathFor(found.ModelPath);
            SegmentChecksums? checksums = settings.VerifyChecksums
                ? new SegmentChecksums(layout.Segments, ChecksumTable.LoadBeside(model.Files.Select(f => f.Name)), found?.Sidecar, sidecarPath)
                : null;
            RowChecksums? rows = settings.VerifyChecksums && model.TryGetTensor(RowChecksums.TensorName, out TensorInfo? embedding)
                ? new RowChecksums(embedding, found?.Sidecar?.Rows ?? [], sidecarPath)
                : null;
            SegmentLoader loader = new(layout, model.Tensors, files, checksums, settings.MaxLoads);
            return new ModelServices
            {
                Path = path,
                Settings = settings,
                Model = model,
                Layout = layout,
                Files = files,
                StorageDecisions = decisions,
                Loader = loader,
                Memory = memory,
                Rows = rows,
                History = found is null ? null : new ModelHistory(found, states!, layout.Segments, checksums, rows),
                HistoryDecision = Describe(found, sidecarPath, settings.Sidecar),
            };
        }
        catch (Exception e)
        {
            foreach (IStorage file in files) file.Dispose();
            throw e switch
            {
                StorageException => new ModelRefusedException(ModelRefusal.CannotRead, e.Message, e),
                ArgumentException or OverflowException => new ModelRefusedException(ModelRefusal.BadSettings, $"{path}: {e.Message}", e),
                _ => e,
            };
        }
    }

    // Null where nothing is to be remembered, or there is nowhere to.
    private static string? DirectoryOf(SidecarSettings settings) =>
        !settings.IsEnabled ? null : settings.Directory.Length > 0 ? settings.Directory : SidecarStore.DefaultDirectory;

    private static (string Text, bool IsFault) Describe(SidecarFinding? found, string? path, SidecarSettings settings)
    {
        if (found is null) return (settings.IsEnabled ? "no sidecar: the user has no cache folder" : "no sidecar: as set", false);
        if (found.Fault.Length > 0) return ($"the sidecar {path} is not used and will be built anew: {found.Fault}", found.IsBroken);
        return found.Sidecar is { } sidecar
            ? ($"sidecar {path}: {sidecar.Extents.Count(e => e.Checksum is not null)} checksums, {sidecar.Extents.Count(e => e.Uses > 0)} segments were used", false)
            : ($"sidecar {path}: none yet", false);
    }
}
